package org.demur.sae.format;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.demur.edit.HookPoint;
import org.demur.sae.Sae;

/**
 * dictionary_learning: {@code ae.pt} (a PyTorch state dict) and {@code config.json}.
 *
 * <p>Features are those that {@code load_dictionary} and {@code encode} give by default: decoder columns of {@code AutoEncoder} are
 * scaled to norm 1, BatchTopK goes by its threshold, {@code AutoEncoderTopK} ranks.
 *
 * @see <a href="https://github.com/saprmarks/dictionary_learning">dictionary_learning</a>
 */
public record DictionaryLearningFormat() implements SaeFormat {
    static final String WEIGHTS = "ae.pt";
    static final String SETTINGS = "config.json";

    @Override
    public String label() {
        return "dictionary-learning";
    }

    @Override
    public boolean recognises(Path path) {
        return path.endsWith(WEIGHTS) || Files.exists(path.resolve(WEIGHTS));
    }

    @Override
    public ImportedSae read(Path path, ImportOptions options) {
        Path folder = path.endsWith(WEIGHTS) ? path.resolveSibling("") : path;
        Settings trainer = Settings.read(folder.resolve(SETTINGS)).section("trainer");
        HookPoint at = options.at(trainer.file(), hook(trainer), trainer.whole("layer", -1));
        try (TorchTensors file = TorchTensors.open(folder.resolve(WEIGHTS))) {
            Sae sae = new DictionaryLearningReader(trainer, file, at).read();
            Map<String, String> origin = new TreeMap<>();
            origin.put("model_name", trainer.text("lm_name", ""));
            origin.put("training_class", trainer.text("trainer_class", ""));
            return new ImportedSae(sae, origin);
        }
    }

    /** Names of submodules begin with a site in the training scripts of the library. */
    private static String hook(Settings trainer) {
        String name = trainer.text("submodule_name", "");
        for (String site : new String[] {"resid_post", "resid_pre", "mlp_out", "attn_out"}) {
            if (name.startsWith(site)) {
                return site;
            }
        }
        return name;
    }

    @Override
    public void write(ImportedSae sae, Path folder) {
        new DictionaryLearningWriter(sae).write(folder);
    }
}

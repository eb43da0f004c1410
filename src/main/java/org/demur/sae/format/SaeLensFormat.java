package org.demur.sae.format;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * SAELens: {@code cfg.json} and {@code sae_weights.safetensors}, of version 6 and the flat settings of older ones.
 *
 * <p>Features and reconstructions are those of {@code SAE.load_from_disk}: decoder norms that the ranking multiplies in are
 * folded, {@code expected_average_only_in} does nothing at run time, and a scaling factor of fine-tuning multiplies decoder rows.
 *
 * @see <a href="https://github.com/decoderesearch/SAELens">SAELens</a>
 */
public record SaeLensFormat() implements SaeFormat {
    static final String SETTINGS = "cfg.json";
    static final String WEIGHTS = "sae_weights.safetensors";

    @Override
    public String label() {
        return "saelens";
    }

    @Override
    public boolean recognises(Path path) {
        return Files.exists(path.resolve(SETTINGS)) && !Files.exists(path.resolve("sae.safetensors"));
    }

    @Override
    public ImportedSae read(Path path, ImportOptions options) {
        return new SaeLensReader(path, options).read();
    }

    @Override
    public void write(ImportedSae imported, Path folder) {
        SaeLensWriter writer = new SaeLensWriter(imported);
        Optional<String> own = writer.ownArchitecture();
        if (own.isPresent()) {
            throw FormatRefusal.noRoom(this, "a dictionary of the kind " + own.get());
        }
        writer.write(folder);
    }
}

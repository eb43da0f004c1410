package org.demur.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.HfTokenizer;
import org.demur.engine.LanguageModel;
import org.demur.engine.Placement;
import org.demur.engine.TokenSequence;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;
import org.demur.runtime.NativeSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Token ids and last logits of plain prompts, without a chat template, for comparison with another implementation. */
@Command(
        name = "logits",
        description =
                "Writes token ids (OUT.json) and the logits after the last token (OUT.f32: [prompts, V], little endian).")
final class LogitsDump implements Runnable {
    @Mixin
    private RunOptions options;

    @Option(names = "--count", defaultValue = "20", description = "Prompts (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--out", required = true, paramLabel = "PATH", description = "Files to write, without ending.")
    private String out;

    @Override
    public void run() {
        NativeSettings.apply(options.threads());
        List<String> texts = PromptTexts.read(options.prompts(), count);
        try (ModelBundle bundle = ModelSource.open(options.model());
                LanguageModel model = LanguageModel.load(bundle, Placement.cpu(), options.budget())) {
            HfTokenizer tokenizer = model.tokenizer();
            boolean addBos = bundle.special().addBos();
            List<TokenSequence> rows = texts.stream()
                    .map(text -> tokenizer.encodeText(text))
                    .map(ids -> TokenSequence.plain(
                            addBos ? withFirst(bundle.special().bos().orElseThrow(), ids) : ids))
                    .toList();
            write(rows, model.forward(rows, ForwardPlan.nothing().withLastLogits()));
        }
        options.out().println(out + ".json, " + out + ".f32: " + texts.size() + " prompts");
    }

    private static int[] withFirst(int token, int[] ids) {
        int[] longer = new int[ids.length + 1];
        longer[0] = token;
        System.arraycopy(ids, 0, longer, 1, ids.length);
        return longer;
    }

    private void write(List<TokenSequence> rows, ForwardResult result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("ids", rows.stream().map(TokenSequence::tokenIds).toList());
        int vocabulary = result.lastLogits(0).length;
        ByteBuffer floats =
                ByteBuffer.allocate(rows.size() * vocabulary * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < rows.size(); i++) {
            floats.asFloatBuffer().put(i * vocabulary, result.lastLogits(i));
        }
        try {
            new ObjectMapper().writeValue(Path.of(out + ".json").toFile(), json);
            Files.write(Path.of(out + ".f32"), floats.array());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + out, e);
        }
    }
}

package org.demur.sae;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.NamedTensor;
import org.demur.model.SafetensorsFile;
import org.demur.model.SafetensorsWriter;

/**
 * A dictionary on disk: {@code sae.safetensors} with W_enc [d, F], b_enc [F], W_dec [F, d] and b_dec [d] in the orientation of
 * SAELens, and {@code cfg.json} with its keys and the provenance.
 */
final class SaeFolder {
    private static final String WEIGHTS = "sae.safetensors";
    private static final String SETTINGS = "cfg.json";
    private static final String ARCHITECTURE = "topk";
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT, SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private SaeFolder() {}

    static void write(Sae sae, Path folder, Map<String, String> provenance) {
        int d = sae.d();
        int features = sae.F();
        float[] w_enc_DF = transposed(sae.w_enc_FD(), features, d);
        SafetensorsWriter.write(
                folder.resolve(WEIGHTS),
                Map.of("format", "pt"),
                List.of(
                        NamedTensor.f32("W_enc", new long[] {d, features}, w_enc_DF),
                        NamedTensor.f32("b_enc", new long[] {features}, sae.b_enc_F()),
                        NamedTensor.f32("W_dec", new long[] {features, d}, sae.w_dec_FD()),
                        NamedTensor.f32("b_dec", new long[] {d}, sae.b_dec_D())));
        try {
            Files.write(folder.resolve(SETTINGS), JSON.writeValueAsBytes(settings(sae, provenance)));
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.UNAVAILABLE,
                    folder.resolve(SETTINGS) + ": cannot be written",
                    "the folder is missing, full or not writable",
                    "check the folder and its free space",
                    e);
        }
    }

    private static ObjectNode settings(Sae sae, Map<String, String> provenance) {
        ObjectNode cfg = JSON.createObjectNode();
        cfg.put("architecture", ARCHITECTURE);
        cfg.put("d_in", sae.d());
        cfg.put("d_sae", sae.F());
        cfg.put("k", sae.k());
        cfg.put("dtype", "float32");
        cfg.put("device", "cpu");
        cfg.put("apply_b_dec_to_input", true);
        cfg.put("normalize_activations", "none");
        cfg.put("reshape_activations", "none");
        cfg.put("rescale_acts_by_decoder_norm", false);
        cfg.put("threshold", sae.threshold());
        ObjectNode metadata = cfg.putObject("metadata");
        String hook = sae.at().site().sqlName();
        metadata.put("hook_name", "blocks." + sae.layer() + ".hook_" + hook);
        metadata.put("hook", hook);
        metadata.put("layer", sae.layer());
        new TreeMap<>(provenance).forEach(metadata::put);
        return cfg;
    }

    static Sae read(Path folder) {
        JsonNode cfg = settings(folder);
        int d = integer(cfg, "d_in", folder);
        int features = integer(cfg, "d_sae", folder);
        int k = integer(cfg, "k", folder);
        if (!ARCHITECTURE.equals(cfg.path("architecture").asText())) {
            throw mismatch(
                    folder + ": architecture is " + cfg.path("architecture").asText(),
                    "only dictionaries of architecture " + ARCHITECTURE + " are supported");
        }
        if (k > features) {
            throw mismatch(folder + ": k " + k + " exceeds d_sae " + features, "the settings were edited or damaged");
        }
        SaeFacts facts = new SaeFacts(
                new HookPoint(site(cfg, folder), integer(cfg.path("metadata"), "layer", folder)), k, (float)
                        cfg.path("threshold").asDouble());
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(WEIGHTS))) {
            float[] w_enc_DF = tensor(file, "W_enc", d, features);
            return new Sae(
                    facts,
                    transposed(w_enc_DF, d, features),
                    tensor(file, "b_enc", features),
                    tensor(file, "W_dec", features, d),
                    tensor(file, "b_dec", d));
        }
    }

    static Map<String, String> provenance(Path folder) {
        Map<String, String> provenance = new TreeMap<>();
        settings(folder)
                .path("metadata")
                .fields()
                .forEachRemaining(
                        entry -> provenance.put(entry.getKey(), entry.getValue().asText()));
        return provenance;
    }

    private static JsonNode settings(Path folder) {
        try {
            return JSON.readTree(Files.readAllBytes(folder.resolve(SETTINGS)));
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    folder.resolve(SETTINGS) + ": cannot be read",
                    "it is missing or no JSON",
                    "run the train stage again",
                    e);
        }
    }

    private static Site site(JsonNode cfg, Path folder) {
        String hook = cfg.path("metadata").path("hook").asText();
        return Arrays.stream(Site.values())
                .filter(site -> site.isStream() && site.sqlName().equals(hook))
                .findFirst()
                .orElseThrow(() -> mismatch(
                        folder.resolve(SETTINGS) + ": hook is '" + hook + "'",
                        "a dictionary reads the stream at resid_pre, resid_mid or resid_post"));
    }

    private static int integer(JsonNode node, String key, Path folder) {
        JsonNode value = node.path(key);
        if (!value.isInt() || value.asInt() < 0) {
            throw mismatch(
                    folder.resolve(SETTINGS) + ": " + key + " is " + value, "a whole number of at least 0 is needed");
        }
        return value.asInt();
    }

    private static float[] tensor(SafetensorsFile file, String name, int... shape) {
        int count = 1;
        long[] wanted = new long[shape.length];
        for (int i = 0; i < shape.length; i++) {
            wanted[i] = shape[i];
            count = Math.multiplyExact(count, shape[i]);
        }
        if (!file.names().contains(name) || !Arrays.equals(file.info(name).shape(), wanted)) {
            throw mismatch(
                    "Tensor " + name + " does not have the shape " + Arrays.toString(wanted),
                    "weights and settings do not belong together");
        }
        float[] values = new float[count];
        file.readFloats(name, FloatBuffer.wrap(values));
        return values;
    }

    private static float[] transposed(float[] values, int rows, int columns) {
        float[] turned = new float[values.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                turned[c * rows + r] = values[r * columns + c];
            }
        }
        return turned;
    }

    private static JobException mismatch(String what, String why) {
        return new JobException(ExitCode.MISMATCH, what, why, "train it again, or point to an unchanged folder");
    }
}

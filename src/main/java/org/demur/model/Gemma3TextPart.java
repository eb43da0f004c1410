package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The text half of a Gemma 3 folder that also holds a vision tower. Without images the whole computes what its text
 * half does.
 */
final class Gemma3TextPart {
    private static final String MODEL_TYPE = "gemma3";
    private static final String HF_CLASS = "Gemma3ForConditionalGeneration";
    private static final String TEXT = "text_config";

    /** Keys about images, and about which tokens stand for them. */
    private static final Set<String> OF_IMAGES = Set.of(
            "vision_config",
            "mm_tokens_per_image",
            "boi_token_index",
            "eoi_token_index",
            "image_token_index",
            "boi_token_id",
            "eoi_token_id",
            "image_token_id");

    /** Beginnings of names that transformers 4.49, 4.52 and 5 gave, and what text-only files have there. */
    private static final Map<String, String> PREFIXES = Map.of(
            "language_model.model.", "model.",
            "language_model.lm_head.", "lm_head.",
            "model.language_model.", "model.",
            "lm_head.", "lm_head.");

    private static final Set<String> VISION_PREFIXES =
            Set.of("vision_tower.", "multi_modal_projector.", "model.vision_tower.", "model.multi_modal_projector.");

    private Gemma3TextPart() {}

    static boolean isPartOf(JsonKeys keys) {
        return keys.text("model_type").filter(MODEL_TYPE::equals).isPresent();
    }

    /** The configuration of the text half; refuses keys of unknown effect beside it. */
    static JsonKeys config(JsonKeys keys) {
        for (Map.Entry<String, JsonNode> entry : keys.tree().properties()) {
            String key = entry.getKey();
            boolean known = key.equals(TEXT) || key.equals(HfConfig.TIED) || OF_IMAGES.contains(key);
            if (!known && !HfKeys.isInert(key) && !entry.getValue().isNull()) {
                throw Refusal.unsupported(keys.file(), "unknown config key " + key + " may change the maths");
            }
        }
        JsonNode classes = keys.tree().path("architectures");
        if (classes.size() != 1 || !classes.path(0).asText().equals(HF_CLASS)) {
            throw Refusal.unsupported(keys.file(), "key architectures is not " + HF_CLASS);
        }
        JsonKeys text = keys.object(TEXT).orElseThrow(() -> Refusal.broken(keys.file(), "key " + TEXT + " is missing"));
        boolean tied = keys.flag(HfConfig.TIED).orElse(true);
        boolean textTied = text.flag(HfConfig.TIED).orElse(true);
        if (tied != textTied) {
            throw Refusal.unsupported(keys.file(), "key " + HfConfig.TIED + " differs between the model and its text");
        }
        return text;
    }

    /** The tensors of the text half under the names of text-only files. */
    static TensorSource tensors(TensorSource all) {
        SortedMap<String, String> names = new TreeMap<>();
        for (String name : all.names()) {
            if (VISION_PREFIXES.stream().noneMatch(name::startsWith)) {
                names.put(textName(name), name);
            }
        }
        return new RenamedTensors(all, names);
    }

    private static String textName(String name) {
        for (Map.Entry<String, String> prefix : PREFIXES.entrySet()) {
            if (name.startsWith(prefix.getKey())) {
                return prefix.getValue() + name.substring(prefix.getKey().length());
            }
        }
        return name;
    }
}

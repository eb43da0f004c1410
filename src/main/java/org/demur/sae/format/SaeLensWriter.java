package org.demur.sae.format;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.demur.model.NamedTensor;
import org.demur.model.SafetensorsWriter;
import org.demur.sae.Activation;
import org.demur.sae.InputNorm;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;

/**
 * Writes the layout of SAELens 6. What SAELens cannot compute gets an architecture of its own, which SAELens refuses to load.
 *
 * <p>Legend: {@code F} features, {@code D} input width, {@code O} output width.
 */
final class SaeLensWriter {
    /** The version whose layout this is; SAELens reads older ones another way. */
    private static final String LAYOUT_VERSION = "6.0.0";

    private static final Set<String> NUMBERS = Set.of("context_size", "layer");
    private static final Set<String> FLAGS = Set.of("prepend_bos", "exclude_special_tokens");

    private final Sae sae;
    private final Map<String, String> origin;

    SaeLensWriter(ImportedSae imported) {
        Sae given = imported.sae();
        boolean isOwn = ownArchitecture(given.facts().activation(), given.isTranscoder())
                .isPresent();
        // A transcoder of SAELens never subtracts b_dec.
        this.sae = given.isTranscoder() && !isOwn ? Folding.uncentred(given) : given;
        this.origin = imported.origin();
    }

    /** The kind of dictionary, if SAELens does not know it. */
    Optional<String> ownArchitecture() {
        return ownArchitecture(sae.facts().activation(), sae.isTranscoder());
    }

    private static Optional<String> ownArchitecture(Activation activation, boolean isTranscoder) {
        if (activation instanceof Activation.GroupMax) {
            return Optional.of(SaeLensReader.OWN_GROUPMAX);
        }
        boolean isOwn =
                activation instanceof Activation.TopK topK && (isTranscoder || topK.sign() == Activation.Sign.KEPT);
        return isOwn ? Optional.of(SaeLensReader.OWN_TOPK) : Optional.empty();
    }

    void write(Path folder) {
        SafetensorsWriter.write(folder.resolve(SaeLensFormat.WEIGHTS), Map.of("format", "pt"), tensors());
        JsonFile.write(folder.resolve(SaeLensFormat.SETTINGS), settings());
    }

    private List<NamedTensor> tensors() {
        long d = sae.d();
        long features = sae.F();
        long output = sae.weights().outputWidth();
        List<NamedTensor> tensors = new ArrayList<>();
        tensors.add(NamedTensor.f32(
                "W_enc", new long[] {d, features}, CheckedTensors.turned(sae.w_enc_FD(), sae.F(), sae.d())));
        tensors.add(NamedTensor.f32("W_dec", new long[] {features, output}, sae.w_dec_FD()));
        tensors.add(NamedTensor.f32("b_dec", new long[] {output}, sae.b_dec_D()));
        Activation activation = sae.facts().activation();
        if (activation instanceof Activation.Gated gated) {
            tensors.add(vector("b_gate", gated.b_gate_F()));
            tensors.add(vector("r_mag", gated.r_mag_F()));
            tensors.add(vector("b_mag", gated.b_mag_F()));
        } else {
            tensors.add(vector("b_enc", sae.b_enc_F()));
        }
        if (activation instanceof Activation.Threshold threshold) {
            tensors.add(vector("threshold", threshold.threshold_F()));
        }
        if (sae.weights().hasSkip()) {
            tensors.add(NamedTensor.f32(
                    "W_skip", new long[] {output, d}, sae.weights().w_skip_OD()));
        }
        return tensors;
    }

    private static NamedTensor vector(String name, float[] values) {
        return NamedTensor.f32(name, new long[] {values.length}, values);
    }

    private ObjectNode settings() {
        ObjectNode cfg = JsonNodeFactory.instance.objectNode();
        cfg.put("architecture", architecture());
        cfg.put("d_in", sae.d());
        cfg.put("d_sae", sae.F());
        cfg.put("dtype", "float32");
        cfg.put("device", "cpu");
        cfg.put("apply_b_dec_to_input", sae.facts().input().isCentred());
        cfg.put("normalize_activations", norm());
        cfg.put("reshape_activations", "none");
        Activation activation = sae.facts().activation();
        if (activation instanceof Activation.TopK topK) {
            cfg.put("k", topK.k());
            cfg.put("rescale_acts_by_decoder_norm", false);
        }
        if (activation instanceof Activation.GroupMax groupMax) {
            cfg.put("k", groupMax.groups());
        }
        if (sae.isTranscoder() || ownArchitecture().isPresent()) {
            cfg.put("d_out", sae.weights().outputWidth());
            cfg.put(SaeLensReader.SKIP, sae.weights().hasSkip());
            cfg.put(
                    SaeLensReader.KEEPS_NEGATIVE,
                    activation instanceof Activation.TopK topK && topK.sign() == Activation.Sign.KEPT);
            cfg.put(SaeLensReader.TRANSCODER, sae.facts().target() == SaeFacts.Target.OTHER);
        }
        cfg.set("metadata", metadata(activation));
        return cfg;
    }

    private String architecture() {
        Activation activation = sae.facts().activation();
        String skip = sae.weights().hasSkip() ? "skip_transcoder" : "transcoder";
        if (ownArchitecture().isPresent()) {
            return ownArchitecture().get();
        }
        if (activation instanceof Activation.Relu) {
            return sae.isTranscoder() ? skip : "standard";
        }
        if (activation instanceof Activation.Threshold) {
            return sae.isTranscoder() ? "jumprelu_" + skip : "jumprelu";
        }
        if (sae.isTranscoder()) {
            throw FormatRefusal.noRoom(new SaeLensFormat(), "a transcoder of the kind " + activation.label());
        }
        return activation.label();
    }

    private String norm() {
        InputNorm norm = sae.facts().input().norm();
        if (norm instanceof InputNorm.Standardise standardise) {
            if (standardise.epsilon() != InputNorm.Standardise.EPSILON) {
                throw FormatRefusal.noRoom(
                        new SaeLensFormat(), "rows standardised with epsilon " + standardise.epsilon());
            }
            return "layer_norm";
        }
        return norm instanceof InputNorm.UnitMeanSquare ? "constant_norm_rescale" : "none";
    }

    private ObjectNode metadata(Activation activation) {
        Map<String, String> all = new TreeMap<>(origin);
        all.put("sae_lens_version", LAYOUT_VERSION);
        all.put("hook_name", ImportOptions.transformerLensName(sae.at()));
        all.put("layer", Integer.toString(sae.layer()));
        all.remove(SaeLensReader.EDIT_THRESHOLD);
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        all.forEach((key, value) -> {
            if (NUMBERS.contains(key) && value.matches("\\d{1,9}")) {
                metadata.put(key, Integer.parseInt(value));
            } else if (FLAGS.contains(key)) {
                metadata.put(key, Boolean.parseBoolean(value));
            } else {
                metadata.put(key, value);
            }
        });
        float threshold = Activation.TopK.UNKNOWN;
        if (activation instanceof Activation.TopK topK) {
            threshold = topK.threshold();
        } else if (activation instanceof Activation.GroupMax groupMax) {
            threshold = groupMax.threshold();
        }
        if (!Float.isNaN(threshold)) {
            metadata.put(SaeLensReader.EDIT_THRESHOLD, threshold);
        }
        return metadata;
    }
}

package org.demur.sae.format;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demur.edit.HookPoint;
import org.demur.sae.Activation;
import org.demur.sae.InputNorm;
import org.demur.sae.RowKernels;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;

/**
 * Reads one folder of SAELens.
 *
 * <p>Legend: {@code F} features, {@code D} input width, {@code O} output width.
 */
final class SaeLensReader {
    /** Metadata of this program: the height at which single features of a ranking dictionary fire. */
    static final String EDIT_THRESHOLD = "edit_threshold";

    static final String OWN_TOPK = "demur_topk";
    static final String OWN_GROUPMAX = "demur_groupmax";
    static final String KEEPS_NEGATIVE = "keeps_negative";
    static final String TRANSCODER = "transcoder";
    static final String SKIP = "skip";
    private static final Pattern MAJOR_VERSION = Pattern.compile("(\\d{1,4})\\..*");
    private static final int NESTED_SINCE = 6;
    private static final List<String> FLAT_ORIGIN = List.of(
            "model_name", "dataset_path", "context_size", "prepend_bos", "sae_lens_training_version", "neuronpedia_id");

    private final Path folder;
    private final ImportOptions options;
    private final Settings cfg;
    private final Settings metadata;
    private final boolean isFlat;
    private final String architecture;
    private final int d;
    private final int features;
    private final int output;

    SaeLensReader(Path folder, ImportOptions options) {
        this.folder = folder;
        this.options = options;
        this.cfg = Settings.read(folder.resolve(SaeLensFormat.SETTINGS));
        this.metadata = cfg.section("metadata");
        this.isFlat = major() < NESTED_SINCE;
        this.architecture = architecture();
        this.d = cfg.positive("d_in");
        this.features = cfg.positive("d_sae");
        this.output =
                architecture.contains("transcoder") || architecture.startsWith("demur_") ? cfg.positive("d_out") : d;
    }

    ImportedSae read() {
        HookPoint at = options.at(cfg.file(), hookName());
        SaeInput input = new SaeInput(centring(), norm());
        if (architecture.equals("topk") || architecture.equals(OWN_TOPK)) {
            k();
        }
        try (CheckedTensors tensors =
                new CheckedTensors(SafetensorsTensors.open(folder.resolve(SaeLensFormat.WEIGHTS)))) {
            tensors.expect(required(), List.of("scaling_factor"));
            SaeWeights weights = weights(tensors);
            Activation activation = activation(tensors);
            return new ImportedSae(new Sae(new SaeFacts(at, activation, input, target()), weights), origin());
        }
    }

    private int major() {
        String version = cfg.text("sae_lens_version", metadata.text("sae_lens_version", "0."));
        Matcher matcher = MAJOR_VERSION.matcher(version);
        if (!matcher.matches()) {
            throw metadata.invalid("sae_lens_version", "a version such as 6.0.0 is needed");
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** Old settings say standard for whatever the activation function is. */
    private String architecture() {
        if (!isFlat) {
            return cfg.text("architecture");
        }
        String function = cfg.text("activation_fn", cfg.text("activation_fn_str", "relu"));
        return switch (function) {
            case "relu" -> cfg.text("architecture", "standard");
            case "topk" -> "topk";
            default -> throw cfg.unsupported(cfg.has("activation_fn") ? "activation_fn" : "activation_fn_str");
        };
    }

    private int k() {
        boolean isNested = isFlat && cfg.has("activation_fn_kwargs");
        return (isNested ? cfg.section("activation_fn_kwargs") : cfg).active("k", features);
    }

    private String hookName() {
        return metadata.text("hook_name", cfg.text("hook_name", cfg.text("hook_point", "")));
    }

    private SaeFacts.Target target() {
        boolean isOther = architecture.endsWith("transcoder") || cfg.flag(TRANSCODER, false);
        return isOther ? SaeFacts.Target.OTHER : SaeFacts.Target.INPUT;
    }

    private SaeInput.Centring centring() {
        boolean isCentred = cfg.flag("apply_b_dec_to_input", true);
        if (isCentred && architecture.endsWith("transcoder")) {
            throw cfg.invalid("apply_b_dec_to_input", "a transcoder of SAELens never subtracts b_dec");
        }
        return isCentred ? SaeInput.Centring.DECODER_BIAS : SaeInput.Centring.NONE;
    }

    private InputNorm norm() {
        if (!cfg.has("normalize_activations") || isFlat && cfg.isFlag("normalize_activations")) {
            return new InputNorm.None();
        }
        return switch (cfg.text("normalize_activations")) {
            case "none", "expected_average_only_in" -> new InputNorm.None();
            case "layer_norm" -> new InputNorm.Standardise(InputNorm.Standardise.EPSILON);
            case "constant_norm_rescale" -> new InputNorm.UnitMeanSquare();
            default -> throw cfg.unsupported("normalize_activations");
        };
    }

    private List<String> required() {
        List<String> names = new ArrayList<>(List.of("W_enc", "W_dec", "b_dec"));
        switch (architecture) {
            case "standard", "topk", "transcoder", OWN_GROUPMAX -> names.add("b_enc");
            case "jumprelu", "jumprelu_transcoder" -> names.addAll(List.of("b_enc", "threshold"));
            case "skip_transcoder" -> names.addAll(List.of("b_enc", "W_skip"));
            case "jumprelu_skip_transcoder" -> names.addAll(List.of("b_enc", "threshold", "W_skip"));
            case "gated" -> names.addAll(List.of("b_gate", "r_mag", "b_mag"));
            case OWN_TOPK -> names.addAll(cfg.flag(SKIP, false) ? List.of("b_enc", "W_skip") : List.of("b_enc"));
            default -> throw cfg.unsupported("architecture");
        }
        return names;
    }

    private SaeWeights weights(CheckedTensors tensors) {
        float[] w_enc_FD = tensors.transposed("W_enc", d, features);
        float[] b_enc_F = architecture.equals("gated") ? new float[features] : tensors.vector("b_enc", features);
        float[] w_dec_FO = tensors.matrix("W_dec", features, output);
        float[] w_skip_OD = required().contains("W_skip") ? tensors.matrix("W_skip", output, d) : new float[0];
        fineTune(tensors, w_dec_FO);
        SaeWeights weights = new SaeWeights(w_enc_FD, b_enc_F, w_dec_FO, tensors.vector("b_dec", output), w_skip_OD);
        return cfg.flag("rescale_acts_by_decoder_norm", false) ? normsFolded(tensors, weights) : weights;
    }

    private static SaeWeights normsFolded(CheckedTensors tensors, SaeWeights weights) {
        float[] norm_F = Folding.norms(weights.w_dec_FO(), weights.outputWidth());
        Folding.firstZero(norm_F).ifPresent(row -> {
            throw tensors.broken("W_dec", "has norm 0 in row " + row + ", by which a feature is divided");
        });
        return Folding.inUnits(weights, norm_F);
    }

    /** A factor of every feature, applied between encoder and decoder. */
    private void fineTune(CheckedTensors tensors, float[] w_dec_FO) {
        if (!tensors.has("scaling_factor")) {
            return;
        }
        float[] factor_F = tensors.vector("scaling_factor", features);
        boolean isFactor = cfg.flag("finetuning_scaling_factor", false);
        for (int j = 0; j < features; j++) {
            if (Math.abs(factor_F[j] - 1) > 1e-5f && !isFactor) {
                throw tensors.broken(
                        "scaling_factor",
                        "is " + factor_F[j] + " in row " + j + ", but finetuning_scaling_factor is not true");
            }
            if (isFactor) {
                RowKernels.scale(w_dec_FO, j * output, factor_F[j], output);
            }
        }
    }

    private Activation activation(CheckedTensors tensors) {
        float threshold =
                metadata.has(EDIT_THRESHOLD) ? (float) metadata.number(EDIT_THRESHOLD) : Activation.TopK.UNKNOWN;
        return switch (architecture) {
            case "topk" -> new Activation.TopK(k(), Activation.Sign.RECTIFIED, threshold);
            case OWN_TOPK ->
                new Activation.TopK(
                        k(),
                        cfg.flag(KEEPS_NEGATIVE, false) ? Activation.Sign.KEPT : Activation.Sign.RECTIFIED,
                        threshold);
            case OWN_GROUPMAX -> {
                int groups = k();
                if (features % groups != 0) {
                    throw cfg.invalid("k", "a divisor of d_sae, " + features + ", is needed");
                }
                yield new Activation.GroupMax(groups, threshold);
            }
            case "gated" ->
                new Activation.Gated(
                        tensors.vector("b_gate", features),
                        tensors.vector("r_mag", features),
                        tensors.vector("b_mag", features));
            case "standard", "transcoder", "skip_transcoder" -> new Activation.Relu();
            default -> new Activation.Threshold(tensors.vector("threshold", features));
        };
    }

    private Map<String, String> origin() {
        if (!isFlat) {
            return metadata.plain();
        }
        Map<String, String> origin = new TreeMap<>(cfg.plain());
        origin.keySet().retainAll(FLAT_ORIGIN);
        return origin;
    }
}

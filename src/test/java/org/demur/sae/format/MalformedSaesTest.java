package org.demur.sae.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.demur.JobException;
import org.demur.SharedData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken dictionaries are refused at once, by file and part, and without believing their sizes. */
@Tag("shared")
class MalformedSaesTest {
    private static final ImportOptions WHERE = new ImportOptions("resid_post", 2, 0);
    private static final long MOST_BYTES = 20L << 20;
    private static final long MOST_NANOS = 1_000_000_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** What the message names besides the file. */
    private static final Map<String, String> PARTS = Map.ofEntries(
            Map.entry("sl_wenc_transposed", "sae_weights.safetensors: tensor W_enc"),
            Map.entry("sl_b_enc_length", "tensor b_enc"),
            Map.entry("sl_wdec_wrong_width", "tensor W_dec"),
            Map.entry("sl_d_sae_mismatch", "tensor W_enc"),
            Map.entry("sl_missing_b_dec", "no tensor b_dec"),
            Map.entry("sl_missing_threshold", "no tensor threshold"),
            Map.entry("sl_missing_k", "cfg.json: k is missing"),
            Map.entry("sl_k_zero", "cfg.json: k is 0"),
            Map.entry("sl_k_too_large", "cfg.json: k is 48"),
            Map.entry("sl_nan_weight", "tensor W_enc holds NaN in row"),
            Map.entry("sl_inf_bias", "tensor b_dec holds Infinity"),
            Map.entry("sl_unknown_architecture", "architecture is \"quantum\""),
            Map.entry("sl_unknown_normalisation", "normalize_activations is \"whatever\""),
            Map.entry("sl_no_weights", "sae_weights.safetensors"),
            Map.entry("sl_extra_tensor", "unknown tensor"),
            Map.entry("sl_negative_d", "d_in is -"),
            Map.entry("sl_scaling_factor_not_one", "tensor scaling_factor"),
            Map.entry("sl_cfg_not_json", "cfg.json"),
            Map.entry("npz_object_array", "array threshold is of type |O"),
            Map.entry("npz_object_array_code", "array threshold is of type |O"),
            Map.entry("npz_missing_threshold", "no tensor threshold"),
            Map.entry("npz_wrong_shape", "tensor W_dec has the shape"),
            Map.entry("npz_nan", "tensor threshold holds NaN"),
            Map.entry("npz_int_weights", "array W_enc is of type <i8"),
            Map.entry("npz_complex", "array threshold is of type <c8"),
            Map.entry("npz_big_endian", "array threshold is of type >f4"),
            Map.entry("npz_huge_shape", "array threshold"),
            Map.entry("npz_negative_shape", "array threshold has a header"),
            Map.entry("npz_header_code", "array threshold has a header"),
            Map.entry("npz_truncated_array", "array threshold has"),
            Map.entry("npz_path_traversal", "unknown tensor ../../evil"),
            Map.entry("npz_duplicate_entry", "two entries threshold.npy"),
            Map.entry("npz_not_a_zip", "params.npz: is not a sound zip file"),
            Map.entry("npz_truncated_zip", "params.npz: is not a sound zip file"),
            Map.entry("npz_zip_bomb", "entry threshold.npy inflates"),
            Map.entry("pt_getpid", "ae.pt: asks for posix.getpid"),
            Map.entry("pt_getpid_only", "ae.pt: asks for posix.getpid"),
            Map.entry("pt_eval", "ae.pt: asks for __builtin__.eval"),
            Map.entry("pt_raw_pickle_getpid", "ae.pt: is no archive of PyTorch"),
            Map.entry("pt_legacy_format", "ae.pt: is no archive of PyTorch"),
            Map.entry("pt_missing_bias", "no tensor bias"),
            Map.entry("pt_nan", "tensor encoder.bias holds NaN"),
            Map.entry("pt_wrong_shapes", "tensor decoder.weight has the shape"),
            Map.entry("pt_module_object", "ae.pt: asks for torch.nn."),
            Map.entry("pt_list", "no dict of tensors"),
            Map.entry("pt_missing_storage", "data/0"),
            Map.entry("pt_short_storage", "data/0"),
            Map.entry("pt_no_pickle", "data.pkl"),
            Map.entry("pt_truncated_pickle", "ends in the middle"),
            Map.entry("pt_truncated", "ae.pt: is not a sound zip file"),
            Map.entry("sp_k_too_large", "cfg.json: k is 240"),
            Map.entry("sp_d_in_mismatch", "tensor encoder.weight has the shape"),
            Map.entry("ls_zero_norm", "hyperparams.json: dataset_average_activation_norm"),
            Map.entry("ls_missing_norm", "hyperparams.json: dataset_average_activation_norm.in is missing"));

    static Stream<Arguments> cases() throws IOException {
        Path index = SharedData.path("goldens", "sae", "malformed", "index.json");
        return new ObjectMapper()
                .readTree(index.toFile()).path("cases").properties().stream()
                        .map(entry -> Arguments.of(
                                entry.getKey(),
                                entry.getValue().path("expected").asText()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cases")
    void isTreatedAsExpected(String name, String expected) {
        Path path = SharedData.path("goldens", "sae", "malformed", name);
        if (expected.equals("load")) {
            assertThatCode(() -> SaeFormats.at(path).read(path, WHERE)).doesNotThrowAnyException();
            return;
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long nanos = System.nanoTime();
        Throwable thrown = catchThrowable(() -> SaeFormats.at(path).read(path, WHERE));
        assertThat(System.nanoTime() - nanos).isLessThan(MOST_NANOS);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - bytes).isLessThan(MOST_BYTES);
        assertThat(thrown)
                .isInstanceOf(JobException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining(PARTS.get(name));
    }
}

package org.demur.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.demur.JobException;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.sae.train.GeometricMedian;
import org.demur.sae.train.TrainedSae;
import org.demur.sae.train.TrainingFixture;
import org.demur.sae.train.TrainingWeights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaeTest {
    private static final SaeFacts FACTS = new SaeFacts(new HookPoint(Site.RESID_MID, 12), TrainingFixture.K, 0.75f);
    private static final int D = TrainingFixture.WIDTH;

    @TempDir
    Path folder;

    private static Sae sae() {
        return TrainedSae.fold(TrainingFixture.weights(), TrainingFixture.INPUT_SCALE, FACTS);
    }

    private static float[] rows(int count) {
        SplittableRandom random = new SplittableRandom(6);
        float[] x = new float[count * D];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    @Test
    void comesBackFromItsFolderBitByBit() {
        Sae sae = sae();
        sae.write(folder, Map.of("run", "r1"));
        Sae back = Sae.read(folder);
        assertThat(back.facts()).isEqualTo(FACTS);
        assertThat(back.w_enc_FD()).isEqualTo(sae.w_enc_FD());
        assertThat(back.w_dec_FD()).isEqualTo(sae.w_dec_FD());
        assertThat(back.b_enc_F()).isEqualTo(sae.b_enc_F());
        assertThat(back.b_dec_D()).isEqualTo(sae.b_dec_D());
        assertThat(Sae.provenance(folder)).containsEntry("run", "r1").containsEntry("layer", "12");
    }

    @Test
    void foldingTheScaleKeepsCodesAndScalesReconstructionsBack() {
        TrainingWeights weights = TrainingFixture.weights();
        Sae unscaled = TrainedSae.fold(weights, 1, FACTS);
        float[] raw = rows(5);
        float[] scaled = raw.clone();
        RowKernels.scale(scaled, 0, TrainingFixture.INPUT_SCALE, scaled.length);
        FeatureCodes codes = sae().encode(raw, 5);
        FeatureCodes inScaledSpace = unscaled.encode(scaled, 5);
        assertThat(codes.indices()).isEqualTo(inScaledSpace.indices());
        float[] xHat = new float[raw.length];
        float[] scaledHat = new float[raw.length];
        sae().decode(codes, raw, xHat);
        unscaled.decode(inScaledSpace, scaled, scaledHat);
        for (int i = 0; i < xHat.length; i++) {
            assertThat(codes.values()[i % codes.active()])
                    .isCloseTo(inScaledSpace.values()[i % codes.active()], within(1e-4f));
            assertThat(xHat[i] * TrainingFixture.INPUT_SCALE).isCloseTo(scaledHat[i], within(1e-4f));
        }
    }

    @Test
    void decodesAsTheFormulaSays() {
        Sae sae = sae();
        float[] x = rows(3);
        FeatureCodes codes = sae.encode(x, 3);
        float[] xHat = new float[x.length];
        sae.decode(codes, x, xHat);
        for (int i = 0; i < x.length; i++) {
            double expected = sae.b_dec_D()[i % D];
            for (int e = codes.starts_B1()[i / D]; e < codes.starts_B1()[i / D + 1]; e++) {
                expected += (double) codes.values()[e] * sae.w_dec_FD()[codes.indices()[e] * D + i % D];
            }
            assertThat((double) xHat[i]).isCloseTo(expected, within(1e-5));
        }
    }

    @Test
    void sliceHasThePreActivationsOfTheEncoder() {
        Sae sae = sae();
        float[] x = rows(1);
        FeatureCodes codes = sae.encode(x, 1);
        FeatureSlice slice = sae.slice(Arrays.copyOf(codes.indices(), codes.active()));
        assertThat(slice.at()).isEqualTo(FACTS.at());
        for (int m = 0; m < slice.size(); m++) {
            double h = slice.b_enc_M()[m];
            for (int c = 0; c < D; c++) {
                h += (double) slice.w_enc_MD()[m * D + c] * x[c];
            }
            assertThat((float) Math.max(h, 0)).isCloseTo(codes.values()[m], within(1e-4f));
            assertThat(slice.threshold_M()[m]).isEqualTo(0.75f);
        }
    }

    @Test
    void refusesAPointThatIsUnknown() throws Exception {
        sae().write(folder, Map.of());
        Path cfg = folder.resolve("cfg.json");
        String text = Files.readString(cfg);
        for (String hook : List.of("blocks.12.hook_resid", "blocks.12.attn.hook_z", "")) {
            Files.writeString(cfg, text.replace("blocks.12.hook_resid_mid", hook));
            assertThatThrownBy(() -> Sae.read(folder))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("cfg.json: hook is '")
                    .hasMessageContaining("--hook resid_post --layer N");
        }
    }

    @Test
    void refusesSettingsThatDoNotFitTheWeights() throws Exception {
        sae().write(folder, Map.of());
        Path cfg = folder.resolve("cfg.json");
        String text = Files.readString(cfg);
        refused(
                cfg,
                text.replace("\"d_sae\" : 60", "\"d_sae\" : 61"),
                "sae_weights.safetensors: tensor W_enc",
                "[24, 61]");
        refused(cfg, text.replace("\"topk\"", "\"gated\""), "holds no tensor b_gate");
        refused(cfg, text.replace("\"topk\"", "\"quantum\""), "architecture is \"quantum\"");
        refused(cfg, text.replace("\"k\" : 4", "\"k\" : \"4\""), "k is \"4\"");
        refused(cfg, text.replace("\"k\" : 4", "\"k\" : 0"), "k is 0");
        refused(cfg, text.replace("\"k\" : 4", "\"k\" : 61"), "k is 61", "60 features");
        refused(cfg, text.replace("\"k\" : 4", "\"k\" : 4, \"k\" : 5"), "Duplicate", "'k'");
        refused(
                cfg,
                text.replace("\"d_sae\" : 60", "\"d_sae\" : 2147483647"),
                "sae_weights.safetensors: tensor W_enc",
                "2147483647");
    }

    private void refused(Path cfg, String text, String... parts) throws Exception {
        Files.writeString(cfg, text);
        assertThatThrownBy(() -> Sae.read(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContainingAll(parts);
    }

    @Test
    void medianIsWhereWeiszfeldEndsAndOutliersHardlyMoveIt() {
        float[] points = {0, 0, 2, 0, 0, 2, 2, 2, 1, 1, 1, 1000};
        float[] median = GeometricMedian.of(points, 2);
        assertThat(median[0]).isCloseTo(1f, within(0.05f));
        assertThat(median[1]).isBetween(0.9f, 1.6f);
    }

    @Test
    void heldOutShareIsNearTheFractionAndDependsOnTheSeed() {
        HeldOutPrompts tenth = new HeldOutPrompts(1, 0.1);
        HeldOutPrompts other = new HeldOutPrompts(2, 0.1);
        int held = 0;
        int both = 0;
        for (int i = 0; i < 5000; i++) {
            held += tenth.contains("set", "p" + i) ? 1 : 0;
            both += tenth.contains("set", "p" + i) && other.contains("set", "p" + i) ? 1 : 0;
        }
        assertThat(held).isBetween(430, 570);
        assertThat(both).isBetween(25, 80);
        assertThat(new HeldOutPrompts(1, 0).contains("set", "p")).isFalse();
    }
}

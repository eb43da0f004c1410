package org.demur.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
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
        SparseCodes codes = sae().encode(raw, 5);
        SparseCodes inScaledSpace = unscaled.encode(scaled, 5);
        assertThat(codes.indices_BK()).isEqualTo(inScaledSpace.indices_BK());
        float[] xHat = new float[raw.length];
        float[] scaledHat = new float[raw.length];
        sae().decode(codes, xHat);
        unscaled.decode(inScaledSpace, scaledHat);
        for (int i = 0; i < xHat.length; i++) {
            assertThat(codes.values_BK()[i % codes.values_BK().length])
                    .isCloseTo(inScaledSpace.values_BK()[i % codes.values_BK().length], within(1e-4f));
            assertThat(xHat[i] * TrainingFixture.INPUT_SCALE).isCloseTo(scaledHat[i], within(1e-4f));
        }
    }

    @Test
    void decodesAsTheFormulaSays() {
        Sae sae = sae();
        float[] x = rows(3);
        SparseCodes codes = sae.encode(x, 3);
        float[] xHat = new float[x.length];
        sae.decode(codes, xHat);
        for (int i = 0; i < x.length; i++) {
            double expected = sae.b_dec_D()[i % D];
            for (int e = i / D * codes.k(); e < (i / D + 1) * codes.k(); e++) {
                expected += (double) codes.values_BK()[e] * sae.w_dec_FD()[codes.indices_BK()[e] * D + i % D];
            }
            assertThat((double) xHat[i]).isCloseTo(expected, within(1e-5));
        }
    }

    @Test
    void sliceHasThePreActivationsOfTheEncoder() {
        Sae sae = sae();
        float[] x = rows(1);
        SparseCodes codes = sae.encode(x, 1);
        FeatureSlice slice = sae.slice(codes.indices_BK());
        assertThat(slice.at()).isEqualTo(FACTS.at());
        for (int m = 0; m < slice.size(); m++) {
            double h = slice.b_enc_M()[m];
            for (int c = 0; c < D; c++) {
                h += (double) slice.w_enc_MD()[m * D + c] * x[c];
            }
            assertThat((float) Math.max(h, 0)).isCloseTo(codes.values_BK()[m], within(1e-4f));
            assertThat(slice.threshold_M()[m]).isEqualTo(0.75f);
        }
    }

    @Test
    void refusesAPointThatIsNoStream() throws Exception {
        sae().write(folder, Map.of());
        Path cfg = folder.resolve("cfg.json");
        String text = Files.readString(cfg);
        for (String hook : List.of("mlp_out", "resid", "")) {
            Files.writeString(cfg, text.replace("\"hook\" : \"resid_mid\"", "\"hook\" : \"" + hook + "\""));
            assertThatThrownBy(() -> Sae.read(folder))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("cfg.json: hook is '" + hook + "'")
                    .hasMessageContaining("resid_pre, resid_mid or resid_post");
        }
    }

    @Test
    void refusesSettingsThatDoNotFitTheWeights() throws Exception {
        sae().write(folder, Map.of());
        Path cfg = folder.resolve("cfg.json");
        String text = Files.readString(cfg);
        Files.writeString(cfg, text.replace("\"d_sae\" : 60", "\"d_sae\" : 61"));
        assertThatThrownBy(() -> Sae.read(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("W_enc");
        Files.writeString(cfg, text.replace("\"topk\"", "\"gated\""));
        assertThatThrownBy(() -> Sae.read(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("gated");
        Files.writeString(cfg, text.replace("\"k\" : 4", "\"k\" : \"4\""));
        assertThatThrownBy(() -> Sae.read(folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("k is");
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

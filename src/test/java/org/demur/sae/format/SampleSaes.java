package org.demur.sae.format;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.demur.edit.HookPoint;
import org.demur.sae.Activation;
import org.demur.sae.InputNorm;
import org.demur.sae.RowKernels;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.SaeWeights;

/** One random dictionary of every kind. */
final class SampleSaes {
    static final int WIDTH = 12;
    static final int FEATURES = 40;
    static final int K = 5;
    private static final InputNorm STANDARDISE = new InputNorm.Standardise(InputNorm.Standardise.EPSILON);
    private static final SaeInput CENTRED = SaeInput.centred();
    private static final SaeInput PLAIN = SaeInput.plain();

    private SampleSaes() {}

    static Map<String, Sae> all() {
        Activation relu = new Activation.Relu();
        Activation topK = new Activation.TopK(K, Activation.Sign.RECTIFIED, 0.75f);
        Activation kept = new Activation.TopK(K, Activation.Sign.KEPT, Activation.TopK.UNKNOWN);
        Activation threshold = new Activation.Threshold(vector(3, FEATURES, 0.2f, 1));
        float[] same = new float[FEATURES];
        Arrays.fill(same, 0.5f);
        Activation common = new Activation.Threshold(same);
        Activation gated = new Activation.Gated(
                vector(4, FEATURES, -1, 0), vector(5, FEATURES, -0.3f, 0.3f), vector(6, FEATURES, -0.2f, 0.2f));
        Activation groupMax = new Activation.GroupMax(K, Activation.TopK.UNKNOWN);
        Map<String, Sae> saes = new LinkedHashMap<>();
        saes.put("relu", sae(relu, CENTRED));
        saes.put("relu plain", sae(relu, PLAIN));
        saes.put("relu unit rows", unitRows(sae(relu, CENTRED)));
        saes.put("relu unit mean square", sae(relu, new SaeInput(CENTRED.centring(), new InputNorm.UnitMeanSquare())));
        saes.put("topk", sae(topK, CENTRED));
        saes.put("topk plain", sae(topK, PLAIN));
        saes.put("topk standardised", sae(topK, new SaeInput(CENTRED.centring(), STANDARDISE)));
        saes.put("topk kept", sae(kept, PLAIN));
        saes.put("jumprelu", sae(threshold, CENTRED));
        saes.put("jumprelu plain", sae(threshold, PLAIN));
        saes.put("jumprelu standardised", sae(threshold, new SaeInput(PLAIN.centring(), STANDARDISE)));
        saes.put("common threshold", sae(common, PLAIN));
        saes.put("gated", sae(gated, CENTRED));
        saes.put("gated plain", sae(gated, PLAIN));
        saes.put("groupmax", sae(groupMax, CENTRED));
        saes.put("relu transcoder", transcoder(relu, WIDTH + 4, 0));
        saes.put("jumprelu transcoder", transcoder(threshold, WIDTH, 0));
        saes.put("jumprelu skip transcoder", transcoder(threshold, WIDTH + 4, WIDTH * (WIDTH + 4)));
        saes.put("topk skip transcoder", transcoder(topK, WIDTH, WIDTH * WIDTH));
        return saes;
    }

    static float[] vector(long seed, int count, float least, float most) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (least + (most - least) * random.nextDouble());
        }
        return values;
    }

    private static Sae sae(Activation activation, SaeInput input) {
        float[] b_enc = activation instanceof Activation.Gated ? new float[FEATURES] : vector(1, FEATURES, -0.1f, 0.1f);
        SaeWeights weights = new SaeWeights(
                vector(7, FEATURES * WIDTH, -0.5f, 0.5f),
                b_enc,
                vector(8, FEATURES * WIDTH, -0.5f, 0.5f),
                vector(9, WIDTH, -0.5f, 0.5f));
        return new Sae(new SaeFacts(HookPoint.residPost(7), activation, input), weights);
    }

    private static Sae unitRows(Sae sae) {
        float[] w_dec = sae.w_dec_FD().clone();
        for (int j = 0; j < FEATURES; j++) {
            RowKernels.normalise(w_dec, j * WIDTH, WIDTH, new float[RowKernels.LANES]);
        }
        return new Sae(sae.facts(), sae.w_enc_FD(), sae.b_enc_F(), w_dec, sae.b_dec_D());
    }

    private static Sae transcoder(Activation activation, int output, int skip) {
        SaeWeights weights = new SaeWeights(
                vector(7, FEATURES * WIDTH, -0.5f, 0.5f),
                vector(1, FEATURES, -0.1f, 0.1f),
                vector(8, FEATURES * output, -0.5f, 0.5f),
                vector(9, output, -0.5f, 0.5f),
                vector(10, skip, -0.5f, 0.5f));
        return new Sae(new SaeFacts(HookPoint.residPost(7), activation, PLAIN, SaeFacts.Target.OTHER), weights);
    }
}

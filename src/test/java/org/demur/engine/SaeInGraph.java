package org.demur.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.sae.Sae;

/**
 * One step of linear integrated gradients as it is published: SAEs are encoded and decoded inside the graph at their points, and
 * the gradient is that of the metric with respect to the interpolated features. The slow form that the residual form replaces.
 *
 * <p>Legend: T tokens, D width of the stream, F features.
 */
public final class SaeInGraph {
    private final LanguageModel model;
    private final Map<HookPoint, Patched> layers;

    /** The model with these dictionaries. */
    public SaeInGraph(LanguageModel model, Map<HookPoint, Patched> layers) {
        this.model = model;
        this.layers = layers;
    }

    /**
     * A dictionary and the far end of its path.
     *
     * @param sae in threshold form, rows as they are
     * @param features_TF features of the ablated run
     * @param error_TD what the decoder leaves at the far end
     */
    public record Patched(Sae sae, float[] features_TF, float[] error_TD) {}

    /**
     * What a step gives.
     *
     * @param metric logit difference
     * @param stream_TD what replaces the stream at each point
     * @param gradient_TF gradient with respect to the interpolated features
     */
    public record Step(float metric, Map<HookPoint, float[]> stream_TD, Map<HookPoint, float[]> gradient_TF) {}

    /** Interpolates all dictionaries' features and errors. */
    public Step at(int[] tokenIds, float alpha, GradientPlan.LogitDifference metric) {
        TorchRuntime.enterThread();
        try (PtNDManager manager = TorchRuntime.newManager(model.placement())) {
            JniUtils.setGradMode(true);
            List<TokenSequence> batch = List.of(TokenSequence.plain(tokenIds));
            TokenLayout layout = TokenLayout.of(batch);
            ScriptCalls calls = new ScriptCalls.Gradient(model.script());
            PassInputs inputs = model.attentionKinds().prompt(manager, layout, tokenIds.length);
            PtNDArray ids = TorchRuntime.longs(manager, layout.pack(List.of(tokenIds)));
            PtNDArray start = (PtNDArray) model.script()
                    .call(manager, "embed", model.weights().embedding(), ids)
                    .duplicate();
            Splices splices = new Splices(manager, alpha);
            var range = new BlockStack.Range(
                    new HookPoint(Site.RESID_PRE, 0),
                    HookPoint.residPost(model.config().nLayers() - 1));
            var attention = new PromptAttention(model, manager, calls, inputs, PromptAttention.Tokens.ownOnly());
            PtNDArray end = new BlockStack(model, calls).run(start, range, attention, splices);
            PtNDArray last = calls.one("rows", end, TorchRuntime.longs(manager, layout.lastRows()));
            PtNDArray difference = calls.one(
                    "logit_difference",
                    model.weights().head(),
                    last,
                    TorchRuntime.longs(manager, new long[] {metric.plusToken()}),
                    TorchRuntime.longs(manager, new long[] {metric.minusToken()}));
            JniUtils.backward(difference, (PtNDArray) manager.ones(new Shape(1)), false, false);
            Map<HookPoint, float[]> gradients = new HashMap<>();
            splices.leaves.forEach((point, leaf) -> gradients.put(point, values(JniUtils.getGradient(leaf))));
            return new Step(values(difference)[0], splices.streams, gradients);
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    private final class Splices implements BlockStack.Visitor {
        private final PtNDManager manager;
        private final float alpha;
        private final Map<HookPoint, PtNDArray> leaves = new HashMap<>();
        private final Map<HookPoint, float[]> streams = new HashMap<>();

        Splices(PtNDManager manager, float alpha) {
            this.manager = manager;
            this.alpha = alpha;
        }

        @Override
        public PtNDArray at(HookPoint point, PtNDArray a) {
            if (!layers.containsKey(point)) {
                return a;
            }
            Patched patched = layers.get(point);
            Sae sae = patched.sae;
            NDArray w_dec = TorchRuntime.floats(manager, sae.w_dec_FD(), sae.F(), sae.d());
            NDArray b_dec = TorchRuntime.floats(manager, sae.b_dec_D(), sae.d());
            NDArray f = encoded(a, sae);
            long tokens = a.getShape().get(0);
            NDArray target = TorchRuntime.floats(manager, patched.features_TF, tokens, sae.F());
            NDArray targetError = TorchRuntime.floats(manager, patched.error_TD, tokens, sae.d());
            PtNDArray leaf = (PtNDArray) manager.zeros(f.getShape());
            JniUtils.attachGradient(leaf, true);
            leaves.put(point, leaf);
            NDArray between = f.mul(1 - alpha).add(target.mul(alpha)).add(leaf);
            NDArray error = a.sub(f.matMul(w_dec).add(b_dec)).mul(1 - alpha).add(targetError.mul(alpha));
            PtNDArray out = (PtNDArray) between.matMul(w_dec).add(b_dec).add(error);
            streams.put(point, values((PtNDArray) out.stopGradient()));
            return out;
        }

        private NDArray encoded(PtNDArray a, Sae sae) {
            float[] threshold_F =
                    ((org.demur.sae.Activation.Threshold) sae.facts().activation()).threshold_F();
            NDArray w_enc = TorchRuntime.floats(manager, sae.w_enc_FD(), sae.F(), sae.d());
            NDArray pre = a.matMul(w_enc.transpose()).add(TorchRuntime.floats(manager, sae.b_enc_F(), sae.F()));
            NDArray least = TorchRuntime.floats(manager, threshold_F, sae.F()).maximum(0f);
            return pre.mul(pre.stopGradient().gt(least).toType(DataType.FLOAT32, false));
        }

        @Override
        public boolean wants(HookPoint addition) {
            return false;
        }
    }

    private static float[] values(PtNDArray tensor) {
        FloatBuffer buffer = TorchRuntime.view(tensor).asFloatBuffer();
        float[] copy = new float[buffer.remaining()];
        buffer.get(copy);
        return copy;
    }
}

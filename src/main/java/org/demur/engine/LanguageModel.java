package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demur.edit.Edit;
import org.demur.model.ModelBundle;
import org.demur.model.ModelConfig;

/**
 * A chat model in memory, fp32. Reads and edits the residual stream in packed batches, gives gradients with respect to
 * it, and generates greedily under the same edits.
 *
 * <p>Several threads may call one instance; each call has its own temporaries and frees them before it returns.
 * Results don't depend on how sequences are batched beyond the rounding of fp32 sums.
 */
public final class LanguageModel implements AutoCloseable {
    private final PtNDManager manager;
    private final ModelConfig config;
    private final ModelWeights weights;
    private final TorchScript script;
    private final RotaryTable rotary;
    private final ModelBundle bundle;
    private HfTokenizer tokenizer;

    private LanguageModel(PtNDManager manager, ModelBundle bundle) {
        this.manager = manager;
        this.config = bundle.config();
        this.weights = ModelWeights.load(manager, bundle);
        this.script = TorchScript.compile(manager, "transformer.torchscript", "Transformer", constants(config));
        this.rotary = new RotaryTable(config);
        this.bundle = bundle;
    }

    /** Reads the weights into native memory; the bundle may be closed afterwards: only its texts are used later. */
    public static LanguageModel load(ModelBundle bundle) {
        PtNDManager manager = TorchRuntime.newManager();
        try {
            TorchRuntime.enterThread();
            return new LanguageModel(manager, bundle);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private static Map<String, Object> constants(ModelConfig config) {
        int heads = config.attention().heads();
        int keyHeads = config.attention().kvHeads();
        int width = config.attention().headDim();
        return Map.ofEntries(
                Map.entry("EPS", config.norm().eps()),
                Map.entry("HD", width),
                Map.entry("HALF", width / 2),
                Map.entry("H", heads),
                Map.entry("KV", keyHeads),
                Map.entry("G", heads / keyHeads),
                Map.entry("QK_HEADS", heads + keyHeads),
                Map.entry("QK_WIDTH", (heads + keyHeads) * width),
                Map.entry("KV_WIDTH", keyHeads * width),
                Map.entry("Q_WIDTH", heads * width),
                Map.entry("FF", config.mlp().width()));
    }

    /** Shape and constants of the model. */
    public ModelConfig config() {
        return config;
    }

    /**
     * The model's tokenizer.
     *
     * @throws org.demur.JobException if the model has none
     */
    public synchronized HfTokenizer tokenizer() {
        if (tokenizer == null) {
            tokenizer = HfTokenizer.of(bundle);
        }
        return tokenizer;
    }

    /** Token ids that end the model's turn. */
    public Set<Integer> turnEnds() {
        return bundle.special().turnEnds();
    }

    /** Runs the sequences and delivers what the plan asks for. */
    public ForwardResult forward(List<TokenSequence> sequences, ForwardPlan plan) {
        ForwardResult result = new ForwardResult(plan, sequences.size());
        for (List<Integer> indices : BatchPlan.byTokens(sequences, plan.maxTokensPerBatch())) {
            scoped(scope -> new ForwardPass(this, plan, result, scope).run(indices, pick(sequences, indices)));
        }
        return result;
    }

    /** Gradients of each sequence's logit difference with respect to the stream at the plan's points. */
    public GradientResult gradients(List<TokenSequence> sequences, GradientPlan plan) {
        GradientResult result = new GradientResult(plan, sequences.size());
        for (List<Integer> indices : BatchPlan.byTokens(sequences, plan.maxTokensPerBatch())) {
            scoped(scope -> new GradientPass(this, plan, result, scope).run(indices, pick(sequences, indices)));
        }
        return result;
    }

    /** Continues every prompt greedily, its edits active in prompt and continuation. */
    public List<Generation> generate(List<TokenSequence> prompts, GenerationPlan plan) {
        Generation[] generations = new Generation[prompts.size()];
        for (List<Integer> indices : BatchPlan.byCaches(prompts, plan.maxBatchRows(), plan.maxNewTokens())) {
            scoped(scope -> {
                List<Generation> batch = new GenerationPass(this, plan, scope).run(pick(prompts, indices));
                for (int b = 0; b < batch.size(); b++) {
                    generations[indices.get(b)] = batch.get(b);
                }
            });
        }
        return List.of(generations);
    }

    @Override
    public synchronized void close() {
        script.close();
        if (tokenizer != null) {
            tokenizer.close();
        }
        manager.close();
    }

    private interface Scoped {
        void run(PtNDManager scope);
    }

    private void scoped(Scoped work) {
        TorchRuntime.enterThread();
        try (PtNDManager scope = manager.newSubManager(manager.getDevice())) {
            work.run(scope);
        }
    }

    private static List<TokenSequence> pick(List<TokenSequence> sequences, List<Integer> indices) {
        List<TokenSequence> picked = new ArrayList<>(indices.size());
        indices.forEach(i -> picked.add(sequences.get(i)));
        return picked;
    }

    ModelWeights weights() {
        return weights;
    }

    TorchScript script() {
        return script;
    }

    ResidualEditor editor(PtNDManager scope, List<TokenSequence> batch) {
        List<List<Edit>> edits = new ArrayList<>(batch.size());
        batch.forEach(sequence -> edits.add(sequence.edits()));
        return new ResidualEditor(scope, config.dModel(), edits);
    }

    BlockStack stack(ScriptCalls calls, PtNDManager scope) {
        return new BlockStack(
                weights,
                calls,
                scope,
                1,
                0,
                config.attention().kvHeads(),
                config.attention().headDim());
    }

    PassInputs inputs(PtNDManager scope, TokenLayout layout) {
        return PassInputs.of(scope, layout, config, rotary);
    }

    PtNDArray cosines(PtNDManager scope, int[] positions) {
        return TorchRuntime.floats(
                scope,
                rotary.cos(positions),
                positions.length,
                1,
                config.attention().headDim());
    }

    PtNDArray sines(PtNDManager scope, int[] positions) {
        return TorchRuntime.floats(
                scope,
                rotary.sin(positions),
                positions.length,
                1,
                config.attention().headDim());
    }
}

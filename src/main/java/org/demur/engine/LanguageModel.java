package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.demur.model.ModelBundle;
import org.demur.model.ModelConfig;

/**
 * A chat model in memory. Reads and edits the residual stream in packed batches, gives gradients with respect to it, and
 * continues prompts under the same edits. Requests are planned as a whole: what rows have in common runs once.
 *
 * <p>Several threads may call one instance; each call has its own temporaries, within the budget, and frees them before it
 * returns. Results don't depend on the other rows of a request, their order or the batches beyond the rounding of fp32
 * sums: relative differences of logits stay below 1e-4.
 */
public final class LanguageModel implements AutoCloseable {
    private final PtNDManager manager;
    private final ModelConfig config;
    private final Placement placement;
    private final MemoryBudget budget;
    private final TorchScript script;
    private final ModelWeights weights;
    private final AttentionKinds attentionKinds;
    private final ModelBundle bundle;
    private HfTokenizer tokenizer;

    private LanguageModel(PtNDManager manager, ModelBundle bundle, Placement placement, MemoryBudget budget) {
        this.manager = manager;
        this.config = bundle.config();
        this.placement = placement;
        this.budget = budget;
        boolean oneDnn = placement.gpu().isEmpty() && OneDnn.isAvailable(manager);
        this.script = TorchScript.compile(
                manager,
                "transformer.torchscript",
                "Transformer",
                new TorchScript.Constants(
                        ScriptConstants.of(config, placement, oneDnn), ScriptConstants.of(config, placement, false)));
        this.weights = new WeightLoader(manager, bundle, placement, script).load();
        this.attentionKinds = new AttentionKinds(config);
        this.bundle = bundle;
    }

    /** {@link #load(ModelBundle, Placement, MemoryBudget)} on the CPU, in fp32, with the standard budget. */
    public static LanguageModel load(ModelBundle bundle) {
        return load(bundle, Placement.cpu(), MemoryBudget.STANDARD);
    }

    /**
     * Reads the weights into the device's memory; the bundle may be closed afterwards: only its texts are used later.
     *
     * @throws org.demur.JobException if the device is not there
     */
    public static LanguageModel load(ModelBundle bundle, Placement placement, MemoryBudget budget) {
        PtNDManager manager = TorchRuntime.newManager(placement);
        try {
            TorchRuntime.enterThread();
            return new LanguageModel(manager, bundle, placement, budget);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** Shape and constants of the model. */
    public ModelConfig config() {
        return config;
    }

    /** Where the weights are and how they are kept. */
    public Placement placement() {
        return placement;
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

    /**
     * Runs the sequences and delivers what the plan asks for.
     *
     * @throws org.demur.JobException if native memory does not suffice for a single sequence
     * @throws IllegalArgumentException if the plan or an edit does not fit the sequences or the model
     */
    public ForwardResult forward(List<TokenSequence> sequences, ForwardPlan plan) {
        ForwardResult result = new ForwardResult(plan, sequences.size());
        boolean shares = plan.start().isEmpty();
        plan.start().ifPresent(start -> start.check(config.layout(), plan.capture(), sequences.size()));
        for (Cluster cluster : RequestPlan.clusters(sequences, rules(shares))) {
            scoped(scope -> new ForwardPass(this, plan, result, cluster).run(scope));
        }
        return result;
    }

    /**
     * Gradients of each sequence's logit difference with respect to the values at the plan's points. Errors as in
     * {@link #forward}.
     */
    public GradientResult gradients(List<TokenSequence> sequences, GradientPlan plan) {
        GradientResult result = new GradientResult(plan, sequences.size());
        plan.start().ifPresent(start -> start.check(config.layout(), plan.at(), sequences.size()));
        for (Cluster cluster : RequestPlan.clusters(sequences, rules(false))) {
            scoped(outer -> {
                Past past = plan.beginning().isEmpty()
                        ? Past.none()
                        : new GradientBeginning(this, plan, outer).run(cluster.sequenceLength());
                List<List<Cluster.Row>> parts = cluster.parts(gradientTokens(plan, cluster));
                KeptTensors kept = new KeptTensors(outer, script, largest(parts, plan), blocks(plan));
                for (List<Cluster.Row> part : parts) {
                    Halving.run(
                            part,
                            rows -> scoped(scope -> new GradientPass(this, plan, past, kept, scope).run(rows, result)));
                }
            });
        }
        return result;
    }

    /**
     * Continues every prompt, its edits active in prompt and continuation. Scalings of positions that look at a sequence's
     * length look at the prompt's. Errors as in {@link #forward}.
     */
    public List<Generation> generate(List<TokenSequence> prompts, GenerationPlan plan) {
        return generate(prompts, plan, (prompt, generation) -> {});
    }

    /**
     * The same, and tells of every continuation as soon as it is whole.
     *
     * @param listener called by this thread, once for each prompt
     */
    public List<Generation> generate(List<TokenSequence> prompts, GenerationPlan plan, GenerationListener listener) {
        Generation[] generations = new Generation[prompts.size()];
        GenerationListener keeper = (prompt, generation) -> {
            generations[prompt] = generation;
            listener.finished(prompt, generation);
        };
        for (Cluster cluster : RequestPlan.clusters(prompts, rules(true))) {
            scoped(scope -> new GenerationPass(this, plan, cluster, keeper).run(scope));
        }
        return List.of(generations);
    }

    /**
     * The logits that the model would give if these were values of its last residual stream (logit lens).
     *
     * @param x_ND row-major, as many rows of width d as wanted
     * @return one row of V logits a row
     */
    public float[][] logitLens(float[] x_ND) {
        int rows = x_ND.length / config.dModel();
        float[][] logits = new float[rows][];
        scoped(scope -> {
            Head head = new Head(this, new ScriptCalls.Inference(script, scope), scope);
            PtNDArray x = TorchRuntime.floats(scope, x_ND, rows, config.dModel());
            head.eachLogits(x, LongStream.range(0, rows).toArray(), (row, values) -> logits[row] = values);
        });
        return logits;
    }

    @Override
    public synchronized void close() {
        weights.close();
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

    private RequestPlan.Rules rules(boolean shares) {
        return new RequestPlan.Rules(keptTokens(), shares, config.layout(), attentionKinds::regimes);
    }

    /** Tokens that go through the blocks at once: what the plan asks for, within the budget. */
    int passTokens(int wanted) {
        return Math.min(wanted, budget.passTokens(config));
    }

    /** Tokens of whole sequences whose own part fits. */
    private int gradientTokens(GradientPlan plan, Cluster cluster) {
        long fits = Math.min(plan.maxTokensPerBatch(), budget.gradientTokens(config, blocks(plan)));
        int length = cluster.rows().stream().mapToInt(Cluster.Row::length).max().orElse(1);
        return (int) Math.min(Integer.MAX_VALUE, fits * length / Math.max(1, length - plan.past()));
    }

    /** Blocks that the way back may go through. */
    private int blocks(GradientPlan plan) {
        return config.nLayers() - plan.at().first().layer();
    }

    /** Own tokens of the part that has most. */
    private static int largest(List<List<Cluster.Row>> parts, GradientPlan plan) {
        return parts.stream()
                .mapToInt(part -> part.stream()
                        .mapToInt(row -> row.length() - plan.past())
                        .sum())
                .max()
                .orElse(0);
    }

    /** Prompt tokens whose keys and values of all blocks exist at once. */
    int keptTokens() {
        return Math.min(passTokens(Integer.MAX_VALUE), budget.keptTokens(config));
    }

    int logitRows() {
        return budget.logitRows(config);
    }

    int cacheSlots() {
        return budget.cacheSlots(config);
    }

    ModelWeights weights() {
        return weights;
    }

    TorchScript script() {
        return script;
    }

    AttentionKinds attentionKinds() {
        return attentionKinds;
    }
}

package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.List;
import java.util.Optional;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/** Keys and values of the tokens that no gradient is wanted of, a row a family; one forward pass without a way back. */
final class GradientBeginning {
    private final LanguageModel model;
    private final GradientPlan plan;
    private final PtNDManager manager;

    /** The manager owns the keys and values. */
    GradientBeginning(LanguageModel model, GradientPlan plan, PtNDManager manager) {
        this.model = model;
        this.plan = plan;
        this.manager = manager;
    }

    /**
     * Runs the families.
     *
     * @param sequenceLength tokens of the sequences that begin so, which scalings of positions may look at
     */
    Past run(int sequenceLength) {
        GradientPlan.Beginning beginning = plan.beginning().orElseThrow();
        ScriptCalls calls = new ScriptCalls.Inference(model.script(), manager);
        List<TokenSequence> families = beginning.families();
        TokenLayout layout = TokenLayout.of(families);
        PassInputs inputs = model.attentionKinds().prompt(manager, layout, sequenceLength);
        KeysValues kept = KeysValues.empty();
        var tokens = new PromptAttention.Tokens(Past.none(), Optional.of(kept));
        var attention = new PromptAttention(model, manager, calls, inputs, tokens);
        var editor = new ResidualEditor(manager, model.config().dModel(), EditedBatch.alone(families, layout));
        HookPoint from = plan.start().map(ForwardPlan.Start::at).orElse(new HookPoint(Site.RESID_PRE, 0));
        BlockStack.Range range =
                new BlockStack.Range(from, HookPoint.residPost(model.config().nLayers() - 1));
        new BlockStack(model, calls)
                .run(entered(beginning, layout), range, attention, new Editing(editor, calls))
                .close();
        return Past.sharedByAll(kept);
    }

    private PtNDArray entered(GradientPlan.Beginning beginning, TokenLayout layout) {
        if (plan.start().isPresent()) {
            int d = model.config().dModel();
            float[] packed_ND = new float[layout.tokens() * d];
            int at = 0;
            for (float[] own_PD : beginning.start()) {
                System.arraycopy(own_PD, 0, packed_ND, at, own_PD.length);
                at += own_PD.length;
            }
            return TorchRuntime.floats(manager, packed_ND, layout.tokens(), d);
        }
        long[] ids = layout.pack(
                beginning.families().stream().map(TokenSequence::tokenIds).toList());
        return model.script().call(manager, "embed", model.weights().embedding(), TorchRuntime.longs(manager, ids));
    }

    private record Editing(ResidualEditor editor, ScriptCalls calls) implements BlockStack.Visitor {
        @Override
        public PtNDArray at(HookPoint point, PtNDArray x_ND) {
            return editor.apply(point, x_ND, calls);
        }

        @Override
        public boolean wants(HookPoint addition) {
            return editor.touches(addition);
        }
    }
}

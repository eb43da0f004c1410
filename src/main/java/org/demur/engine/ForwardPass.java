package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/** One cluster of a forward plan: runs its parts and copies out what the plan asks for. */
final class ForwardPass implements PromptPass.Observer {
    private final LanguageModel model;
    private final ForwardPlan plan;
    private final ForwardResult result;
    private final Cluster cluster;

    ForwardPass(LanguageModel model, ForwardPlan plan, ForwardResult result, Cluster cluster) {
        this.model = model;
        this.plan = plan;
        this.result = result;
        this.cluster = cluster;
    }

    void run(PtNDManager manager) {
        var scope = new PromptPass.Scope(end(), false, plan.start(), this);
        PromptPass pass = new PromptPass(model, cluster, scope, manager);
        if (plan.tokenNll() && cluster.shared() > 1) {
            sharedNll(pass, manager);
        }
        for (List<Cluster.Row> part : cluster.parts(model.passTokens(plan.maxTokensPerBatch()))) {
            Halving.run(part, rows -> {
                try (PtNDManager inner = manager.newSubManager(manager.getDevice())) {
                    deliver(pass.run(rows, inner), pass, inner);
                }
            });
        }
    }

    private HookPoint end() {
        HookPoint start = plan.start().map(ForwardPlan.Start::at).orElse(new HookPoint(Site.RESID_PRE, 0));
        if (plan.needsHead()) {
            return HookPoint.residPost(model.config().nLayers() - 1);
        }
        return plan.capture().isEmpty()
                ? start
                : BlockStack.Range.including(plan.capture().last());
    }

    @Override
    public boolean wants(HookPoint point) {
        return plan.capture().contains(point);
    }

    @Override
    public void at(HookPoint point, PtNDArray x_ND, TokenLayout layout, List<List<Cluster.Row>> members) {
        int d = model.config().dModel();
        FloatBuffer values = TorchRuntime.view(x_ND).asFloatBuffer();
        for (int b = 0; b < members.size(); b++) {
            for (Cluster.Row row : requested(members.get(b))) {
                int kept = plan.positions().first(row.length());
                int first = Math.max(kept, layout.past());
                if (first < layout.past() + layout.length(b)) {
                    float[] target = result.activation(row.index(), point, (row.length() - kept) * d);
                    copyRows(values, layout, b, first - layout.past(), target, (first - kept) * d);
                }
            }
        }
    }

    private static List<Cluster.Row> requested(List<Cluster.Row> rows) {
        return rows.stream().filter(row -> !row.isTwin()).toList();
    }

    /** Copies a sequence's rows from token {@code first} on: shared ones one by one, its own as one run. */
    private void copyRows(FloatBuffer values, TokenLayout layout, int b, int first, float[] target, int at) {
        int d = model.config().dModel();
        int to = at;
        int t = first;
        for (; t < layout.firstOwned(b); t++, to += d) {
            values.get(layout.row(b, t) * d, target, to, d);
        }
        if (t < layout.length(b)) {
            values.get(layout.row(b, t) * d, target, to, (layout.length(b) - t) * d);
        }
    }

    private void deliver(PromptPass.End end, PromptPass pass, PtNDManager manager) {
        ScriptCalls calls = new ScriptCalls.Inference(model.script(), manager);
        Head head = new Head(model, calls, manager);
        if (plan.lastLogits()) {
            lastLogits(end, head);
        }
        if (plan.tokenNll()) {
            ownNll(end, head);
            if (cluster.shared() > 0) {
                borderNll(end, pass, head);
            }
        }
    }

    private void lastLogits(PromptPass.End end, Head head) {
        head.eachLogits(end.end_ND(), end.layout().lastRows(), (b, logits) -> {
            for (Cluster.Row row : requested(end.units().get(b))) {
                result.lastLogits(row.index(), logits.clone());
            }
        });
    }

    /** Losses of the tokens that follow a row's own tokens. */
    private void ownNll(PromptPass.End end, Head head) {
        TokenLayout layout = end.layout();
        int count = IntStream.range(0, layout.sequences())
                .map(b -> layout.length(b) - 1)
                .sum();
        long[] rows = new long[count];
        long[] targets = new long[count];
        int n = 0;
        for (int b = 0; b < layout.sequences(); b++) {
            int[] ids = end.units().get(b).get(0).sequence().tokenIds();
            for (int t = 0; t < layout.length(b) - 1; t++, n++) {
                rows[n] = layout.row(b, t);
                targets[n] = ids[layout.past() + t + 1];
            }
        }
        float[] nll = head.nll(end.end_ND(), rows, targets);
        int at = 0;
        for (int b = 0; b < layout.sequences(); b++) {
            int own = layout.length(b) - 1;
            for (Cluster.Row row : requested(end.units().get(b))) {
                System.arraycopy(nll, at, result.tokenNll(row.index(), row.length() - 1), layout.past(), own);
            }
            at += own;
        }
    }

    /** The loss of each row's first own token, which the last shared token predicts. */
    private void borderNll(PromptPass.End end, PromptPass pass, Head head) {
        int past = cluster.shared();
        long[] rows = end.units().stream()
                .mapToLong(unit -> (unit.get(0).family() + 1L) * past - 1)
                .toArray();
        long[] targets = end.units().stream()
                .mapToLong(unit -> unit.get(0).sequence().tokenIds()[past])
                .toArray();
        float[] nll = head.nll(pass.beginning().end_FPD().orElseThrow(), rows, targets);
        for (int b = 0; b < rows.length; b++) {
            for (Cluster.Row row : requested(end.units().get(b))) {
                result.tokenNll(row.index(), row.length() - 1)[past - 1] = nll[b];
            }
        }
    }

    /** Losses among the shared tokens, once for each set of edits. */
    private void sharedNll(PromptPass pass, PtNDManager manager) {
        int past = cluster.shared();
        int[] ids = cluster.rows().get(0).sequence().tokenIds();
        long[] targets = Arrays.stream(ids, 1, past).asLongStream().toArray();
        try (PtNDManager inner = manager.newSubManager(manager.getDevice())) {
            Head head = new Head(model, new ScriptCalls.Inference(model.script(), inner), inner);
            List<List<Cluster.Row>> families = cluster.byFamily();
            for (int family = 0; family < families.size(); family++) {
                int own = family;
                long[] rows = IntStream.range(0, past - 1)
                        .mapToLong(t -> own * (long) past + t)
                        .toArray();
                float[] nll = head.nll(pass.beginning().end_FPD().orElseThrow(), rows, targets);
                requested(families.get(own))
                        .forEach(row -> System.arraycopy(
                                nll, 0, result.tokenNll(row.index(), row.length() - 1), 0, nll.length));
            }
        }
    }
}

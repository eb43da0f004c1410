package org.demur.attribution;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.engine.ForwardResult;

/**
 * The streams that SAEs read in a run with the direction ablated after every block, before the ablation at the SAE's own
 * point. As the stream there is the middle of the block and what its MLP adds, one run with all ablations holds them all.
 */
final class OwnAblation {
    private final SortedSet<HookPoint> points;

    OwnAblation(SortedSet<HookPoint> points) {
        this.points = points;
    }

    /** What the run must copy out. */
    Set<HookPoint> captured() {
        Set<HookPoint> captured = new TreeSet<>(points);
        for (HookPoint at : points) {
            int block = block(at);
            if (block >= 0) {
                captured.add(new HookPoint(Site.RESID_MID, block));
                captured.add(new HookPoint(Site.MLP_OUT, block));
            }
        }
        return captured;
    }

    /** By layer, one [T, d] array a prompt. */
    Map<Integer, float[][]> before(ForwardResult ablated, int prompts) {
        Map<Integer, float[][]> streams = new HashMap<>();
        for (HookPoint at : points) {
            float[][] rows = new float[prompts][];
            for (int i = 0; i < prompts; i++) {
                rows[i] = block(at) < 0 ? ablated.activation(i, at) : sum(ablated, i, block(at));
            }
            streams.put(at.layer(), rows);
        }
        return streams;
    }

    /** The block after which the ablation at the point lies; negative where there is none at it. */
    private static int block(HookPoint at) {
        return switch (at.site()) {
            case RESID_POST -> at.layer();
            // What enters a block is what left the block before.
            case RESID_PRE -> at.layer() - 1;
            case RESID_MID, ATTN_OUT, MLP_OUT -> -1;
        };
    }

    private static float[] sum(ForwardResult ablated, int prompt, int block) {
        float[] sum_TD =
                ablated.activation(prompt, new HookPoint(Site.RESID_MID, block)).clone();
        float[] added_TD = ablated.activation(prompt, new HookPoint(Site.MLP_OUT, block));
        for (int i = 0; i < sum_TD.length; i++) {
            sum_TD[i] += added_TD[i];
        }
        return sum_TD;
    }
}

package org.demur.edit;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** One place of a model: a site of one block. Ordered as the forward pass reaches them. */
public record HookPoint(Site site, int layer) implements Serializable, Comparable<HookPoint> {
    private static final Comparator<HookPoint> FORWARD_ORDER =
            Comparator.comparingInt(HookPoint::layer).thenComparing(HookPoint::site);

    /** The stream that leaves block {@code layer}. */
    public static HookPoint residPost(int layer) {
        return new HookPoint(Site.RESID_POST, layer);
    }

    /** The given sites of every block of a model with {@code nLayers} blocks, in forward order. */
    public static List<HookPoint> everywhere(Collection<Site> sites, int nLayers) {
        List<HookPoint> points = new ArrayList<>();
        for (int layer = 0; layer < nLayers; layer++) {
            for (Site site : Site.values()) {
                if (sites.contains(site)) {
                    points.add(new HookPoint(site, layer));
                }
            }
        }
        return points;
    }

    @Override
    public int compareTo(HookPoint other) {
        return FORWARD_ORDER.compare(this, other);
    }
}

package org.demur.cells;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;

/**
 * Where a direction is removed. Removing it from the stream after every write (embedding, attention, MLP) equals
 * removing it from each write, which is the directional ablation of Arditi et al. 2024; {@code resid_post} alone is the
 * weaker form of Yeo et al. 2025, in which an MLP still reads what its block's attention wrote.
 */
public final class AblationSites {
    private AblationSites() {}

    /**
     * The hook points of every block that have an effect: {@code resid_pre} of a block is {@code resid_post} of the one
     * before, so it is left out where that is edited already.
     */
    public static List<HookPoint> points(List<String> siteNames, int nLayers) {
        Set<Site> sites = EnumSet.noneOf(Site.class);
        siteNames.forEach(name -> sites.add(Site.of(name)));
        boolean postToo = sites.contains(Site.RESID_POST);
        return HookPoint.everywhere(sites, nLayers).stream()
                .filter(point -> point.site() != Site.RESID_PRE || point.layer() == 0 || !postToo)
                .toList();
    }
}

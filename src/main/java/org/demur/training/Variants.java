package org.demur.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.demur.config.ConfigSection;

/**
 * The dictionaries of every layer: all combinations of sizes, active features and seeds.
 *
 * @param all in the order of the settings, sizes outermost
 */
record Variants(List<SaeVariant> all) implements Serializable {
    /** Copies the list. */
    Variants {
        all = List.copyOf(all);
    }

    /** Reads {@code features}, {@code k} and {@code seeds}, each a number or a list. */
    static Variants from(ConfigSection section) {
        List<SaeVariant> all = new ArrayList<>();
        for (double features : section.numberOrNumbers("features")) {
            for (double k : section.numberOrNumbers("k")) {
                for (double seed : section.numberOrNumbers("seeds")) {
                    all.add(new SaeVariant(all.size(), (int) features, k, (long) seed));
                }
            }
        }
        long different = all.stream().map(SaeVariant::name).distinct().count();
        if (different < all.size()) {
            throw section.invalid("features", "a value of features, k or seeds is there twice", "name each once");
        }
        for (SaeVariant variant : all) {
            if (variant.features() < 1 || !(variant.k() >= 1 && variant.k() <= variant.features())) {
                throw section.invalid(
                        "k", "k lies between 1 and features, " + variant.features(), "write for example 32");
            }
        }
        return new Variants(all);
    }
}

package org.demur.activations;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.demur.config.ConfigSection;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.prompts.TokenClass;
import org.demur.schema.VectorDtype;

/**
 * The section {@code extract} of a job file.
 *
 * @param sets prompt sets that are run
 * @param layers blocks whose stream is stored, counted from 0
 * @param hook point of those blocks
 * @param shards Spark tasks; fixes the batches and thereby the last bits of the result
 * @param maxTokensPerBatch tokens in one forward pass
 * @param dtype spelling of the vectors
 * @param excludedClasses token classes, in lower case, whose vectors are not stored
 */
public record ExtractSettings(
        List<String> sets,
        List<Integer> layers,
        Site hook,
        int shards,
        int maxTokensPerBatch,
        VectorDtype dtype,
        List<String> excludedClasses)
        implements Serializable {

    /** Reads the section; {@code corpusSets} are the sets of the use {@code corpus}. */
    public static ExtractSettings from(ConfigSection section, List<String> corpusSets) {
        if (section.integers("layers").isEmpty()) {
            throw section.invalid("layers", "no layer is named", "write for example layers = [8, 14, 20]");
        }
        if (section.integer("shards") < 1 || section.integer("max-tokens-per-batch") < 1) {
            throw section.invalid("shards", "shards and max-tokens-per-batch are at least 1", "write for example 8");
        }
        return new ExtractSettings(
                List.copyOf(corpusSets),
                List.copyOf(new TreeSet<>(section.integers("layers"))),
                hook(section),
                section.integer("shards"),
                section.integer("max-tokens-per-batch"),
                dtype(section),
                section.strings("exclude-classes").stream()
                        .map(name -> tokenClass(section, name))
                        .toList());
    }

    /** The points to store, in forward order. */
    List<HookPoint> points() {
        return layers.stream().map(layer -> new HookPoint(hook, layer)).toList();
    }

    private static Site hook(ConfigSection section) {
        String name = section.string("hook");
        return Arrays.stream(Site.values())
                .filter(site -> site.isStream() && site.sqlName().equals(name))
                .findFirst()
                .orElseThrow(() -> section.invalid(
                        "hook",
                        "'" + name + "' is no point of the residual stream, which dictionaries are trained on",
                        "write resid_pre, resid_mid or resid_post"));
    }

    private static VectorDtype dtype(ConfigSection section) {
        try {
            return VectorDtype.of(section.string("dtype"));
        } catch (IllegalArgumentException e) {
            throw section.invalid("dtype", e.getMessage(), "write bf16 or f32");
        }
    }

    private static String tokenClass(ConfigSection section, String name) {
        for (TokenClass known : TokenClass.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(name)) {
                return name;
            }
        }
        throw section.invalid(
                "exclude-classes", "'" + name + "' is no token class", "write for example [pad, bos, system]");
    }
}

package org.demur.activations;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.demur.config.ConfigSection;
import org.demur.corpus.CorpusSeeds;
import org.demur.corpus.StoredVectors;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.prompts.TokenClass;
import org.demur.runtime.RunSeed;
import org.demur.sae.HeldOutPrompts;
import org.demur.schema.VectorDtype;

/**
 * The section {@code extract} of a job file.
 *
 * @param sets prompt sets that are run
 * @param layers blocks whose stream is stored, counted from 0
 * @param hooks points of those blocks
 * @param shards Spark tasks; fixes the batches and thereby the last bits of the result
 * @param maxTokensPerBatch tokens in one forward pass
 * @param dtype spelling of the vectors
 * @param excludedClasses token classes, in lower case, whose rows are not stored
 * @param vectors of which rows the vectors are stored
 */
public record ExtractSettings(
        List<String> sets,
        List<Integer> layers,
        List<Site> hooks,
        int shards,
        int maxTokensPerBatch,
        VectorDtype dtype,
        List<String> excludedClasses,
        Vectors vectors)
        implements Serializable {

    /**
     * Of which rows the vectors are stored; keys and norms are stored of all.
     *
     * @param heldOutFraction share of prompts of which all are stored
     * @param sampleRows rows beside them, in round figures; {@link #ALL} for every row
     */
    public record Vectors(double heldOutFraction, int sampleRows) implements Serializable {
        /** Stands for all rows. */
        public static final int ALL = -1;

        private static Vectors from(ConfigSection section) {
            double heldOut = section.number("held-out-fraction");
            int sample = section.positive("sample-rows");
            if (heldOut < 0 || heldOut >= 1) {
                throw section.invalid("held-out-fraction", "it lies in [0, 1)", "write for example 0.05");
            }
            String kept = section.string("vectors");
            return switch (kept) {
                case "all" -> new Vectors(0, ALL);
                case "sample" -> new Vectors(heldOut, sample);
                default -> throw section.invalid("vectors", "it is " + kept, "write all or sample");
            };
        }

        /** The rows, of a corpus of so many tokens. */
        StoredVectors of(RunSeed study, long tokens) {
            double share = sampleRows == ALL ? 1 : Math.min(1, (double) sampleRows / Math.max(1, tokens));
            HeldOutPrompts heldOut = new HeldOutPrompts(CorpusSeeds.heldOut(study), heldOutFraction);
            return new StoredVectors(heldOut, CorpusSeeds.sample(study), share);
        }
    }

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
                hooks(section),
                section.integer("shards"),
                section.integer("max-tokens-per-batch"),
                dtype(section),
                section.strings("exclude-classes").stream()
                        .map(name -> tokenClass(section, name))
                        .toList(),
                Vectors.from(section));
    }

    /** The points to store, in forward order. */
    List<HookPoint> points() {
        return layers.stream()
                .flatMap(layer -> hooks.stream().map(hook -> new HookPoint(hook, layer)))
                .toList();
    }

    private static List<Site> hooks(ConfigSection section) {
        Site first = hook(section);
        String second = section.string("output-hook");
        if ("none".equals(second)) {
            return List.of(first);
        }
        Site output = Arrays.stream(Site.values())
                .filter(site -> site.sqlName().equals(second) && site != first)
                .findFirst()
                .orElseThrow(() -> section.invalid(
                        "output-hook",
                        "'" + second + "' is no second point of a block",
                        "write none, or another of resid_pre, attn_out, resid_mid, mlp_out, resid_post"));
        return List.of(first, output);
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

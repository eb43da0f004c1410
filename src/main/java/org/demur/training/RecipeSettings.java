package org.demur.training;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.demur.config.ConfigSection;
import org.demur.sae.train.AveragedOptimiser;
import org.demur.sae.train.Conventions;
import org.demur.sae.train.Objective;
import org.demur.sae.train.OptimiserRule;
import org.demur.sae.train.Recipe;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.Schedule;

/**
 * What is trained, and how, as the section {@code train} says it.
 *
 * @param kind name of the architecture
 * @param points what is encoded and predicted
 * @param conventions whose formulas are followed
 * @param numbers of the objective; the width is filled in when it is known
 * @param optimisation rule and schedule
 * @param beginning where training starts
 */
public record RecipeSettings(
        String kind,
        TrainedPoints points,
        Conventions conventions,
        Conventions.Numbers numbers,
        Recipe.Optimisation optimisation,
        Recipe.Beginning beginning)
        implements Serializable {
    private static final List<String> KINDS =
            List.of("topk", "batchtopk", "matryoshka", "jumprelu", "gated", "standard");

    /** Reads and checks the settings. */
    static RecipeSettings from(ConfigSection section) {
        Conventions conventions = Conventions.named(section.string("conventions"))
                .orElseThrow(() -> unknown(section, "conventions", Conventions.labels()));
        RecipeSettings settings = new RecipeSettings(
                section.string("architecture"),
                TrainedPoints.from(section),
                conventions,
                numbers(section),
                optimisation(section),
                new Recipe.Beginning(
                        choice(section, "input-scaling", Recipe.Scaling.values()),
                        choice(section, "pre-bias", Recipe.PreBias.values()),
                        section.number("encoder-norm")));
        settings.check(section);
        return settings;
    }

    private static Conventions.Numbers numbers(ConfigSection section) {
        return new Conventions.Numbers(
                section.numberOrNumbers("features").get(0).intValue(),
                1,
                section.numberOrNumbers("k").get(0),
                numberOrAuto(section, "sparsity-weight"),
                numberOrAuto(section, "bandwidth"),
                numberOrAuto(section, "auxiliary-k"),
                numberOrAuto(section, "auxiliary-weight"));
    }

    private static Recipe.Optimisation optimisation(ConfigSection section) {
        OptimiserRule rule = OptimiserRule.named(section.string("optimiser"))
                .orElseThrow(() -> unknown(section, "optimiser", OptimiserRule.labels()));
        return new Recipe.Optimisation(
                rule,
                numberOrAuto(section, "learning-rate"),
                new Schedule.Shares(
                        section.number("warm-up-fraction"),
                        section.number("decay-fraction"),
                        section.number("sparsity-warm-up-fraction")),
                new RowOptimiser.BiasRates(section.number("bias-rate"), section.number("decoder-bias-rate")),
                numberOrAuto(section, "dead-after-rows"),
                extras(section, rule));
    }

    private static Recipe.Extras extras(ConfigSection section, OptimiserRule rule) {
        double decay = section.number("ema-decay");
        int steps = section.integer("resample-every-steps");
        if (decay < 0 || decay >= 1) {
            throw section.invalid("ema-decay", "a decay lies in [0, 1)", "write 0 for none, or for example 0.99");
        }
        if (decay > 0 && rule == OptimiserRule.SCHEDULE_FREE) {
            throw section.invalid(
                    "ema-decay", "schedule-free publishes an average of weights already", "write ema-decay = 0");
        }
        if (decay > 0 && rule == OptimiserRule.MUON) {
            throw section.invalid("ema-decay", "muon has no running mean of weights", "write 0, or another optimiser");
        }
        if (decay > 0
                && ParameterBytes.of(new AveragedOptimiser(rule.optimiser(), decay))
                        .isTooMany()) {
            throw section.invalid(
                    "ema-decay",
                    "with " + section.string("optimiser") + " it would take more than 16 bytes a parameter",
                    "write optimiser = signum, or ema-decay = 0");
        }
        if (steps < 0) {
            throw section.invalid("resample-every-steps", "it is negative", "write 0 for none, or for example 500");
        }
        return new Recipe.Extras(decay, steps);
    }

    private static <E extends Enum<E>> E choice(ConfigSection section, String key, E[] values) {
        String name = section.string(key);
        return Arrays.stream(values)
                .filter(value -> label(value).equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(
                        section,
                        key,
                        Arrays.stream(values).map(RecipeSettings::label).toList()));
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static RuntimeException unknown(ConfigSection section, String key, List<String> known) {
        return section.invalid(key, "known are " + String.join(", ", known), "write one of them");
    }

    private static double numberOrAuto(ConfigSection section, String key) {
        if ("auto".equals(section.string(key))) {
            return Recipe.AUTO;
        }
        double value = section.number(key);
        if (value < 0) {
            throw section.invalid(key, "it is negative", "write auto or a number of at least 0");
        }
        return value;
    }

    private void check(ConfigSection section) {
        if (!KINDS.contains(kind)) {
            throw unknown(section, "architecture", KINDS);
        }
        if (conventions.objective(kind, numbers).isEmpty()) {
            throw section.invalid(
                    "conventions", conventions + " has no architecture " + kind, "write conventions = demur");
        }
        if (!points.outputs().isEmpty() && optimisation.extras().resampleSteps() > 0) {
            throw section.invalid(
                    "resample-every-steps",
                    "an input is no row of a transcoder's decoder",
                    "write 0, and leave dead features to the auxiliary loss");
        }
        Schedule.Shares shares = optimisation.shares();
        boolean valid = shares.warmUp() >= 0
                && shares.decay() >= 0
                && shares.warmUp() + shares.decay() <= 1
                && shares.sparsityWarmUp() >= 0
                && shares.sparsityWarmUp() <= 1;
        if (!valid) {
            throw section.invalid(
                    "warm-up-fraction",
                    "rise and fall are shares of all steps and do not overlap",
                    "keep their sum at most 1");
        }
    }

    /** The same for a dictionary of another size. */
    RecipeSettings with(SaeVariant variant) {
        Conventions.Numbers other = new Conventions.Numbers(
                variant.features(),
                numbers.width(),
                variant.k(),
                numbers.sparsityWeight(),
                numbers.bandwidth(),
                numbers.auxiliaryK(),
                numbers.auxiliaryWeight());
        return new RecipeSettings(kind, points, conventions, other, optimisation, beginning);
    }

    /** The recipe for inputs of a width. */
    Recipe recipe(int width) {
        Conventions.Numbers known = new Conventions.Numbers(
                numbers.features(),
                width,
                numbers.k(),
                numbers.sparsityWeight(),
                numbers.bandwidth(),
                numbers.auxiliaryK(),
                numbers.auxiliaryWeight());
        Objective objective = conventions.objective(kind, known).orElseThrow();
        if (!points.outputs().isEmpty()) {
            // Nothing ties the space of the inputs to that of the outputs, and a decoder that starts at 0 has no norm
            // to keep.
            objective = new Objective(
                    objective.architecture(),
                    objective.auxiliary(),
                    Objective.InputBias.NONE,
                    Objective.DecoderNorm.FREE,
                    objective.clip());
        }
        return new Recipe(numbers.features(), objective, optimisation, beginning);
    }
}

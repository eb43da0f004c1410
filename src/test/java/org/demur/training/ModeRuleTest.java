package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.demur.sae.train.OuterRule;
import org.junit.jupiter.api.Test;

class ModeRuleTest {
    private static final ModeSettings.Rates RATES = new ModeSettings.Rates(80, 800, 0.25);
    private static final ModeRule.Size USUAL = new ModeRule.Size(576, 4608, 32);

    private static ModeRule.Choice choose(String wanted, ModeRule.Load load) {
        return ModeRule.choose(new ModeSettings(wanted, 25, OuterRule.mean(), RATES), load);
    }

    @Test
    void theSettingOverridesTheRule() {
        ModeRule.Load load = new ModeRule.Load(10, 2, 4096, USUAL);
        assertThat(choose("rounds", load).mode()).isEqualTo(TrainMode.ROUNDS);
        assertThat(choose("rounds", load).reason()).isEqualTo("set by train.mode");
        assertThat(choose("auto", load).mode()).isEqualTo(TrainMode.MANY);
    }

    @Test
    void asManyDictionariesAsShardsAreTrainedApart() {
        assertThat(choose("auto", new ModeRule.Load(4, 4, 4096, USUAL)).mode()).isEqualTo(TrainMode.MANY);
        assertThat(choose("auto", new ModeRule.Load(3, 4, 4096, USUAL)).mode()).isNotEqualTo(TrainMode.MANY);
        assertThat(choose("auto", new ModeRule.Load(1, 1, 4096, USUAL)).mode()).isEqualTo(TrainMode.MANY);
    }

    /**
     * Two shards of 2,048 rows, width 576, 4,608 features: 10.9 GFLOP at 80 GFLOP/s are 0.136 s; half of 21.3 MB of rows and
     * of 15.7 MB of tokens at 839 MB/s are 0.022 s, a share of 0.14.
     */
    @Test
    void exchangeIsWeighedAgainstComputation() {
        ModeRule.Choice few = choose("auto", new ModeRule.Load(1, 2, 4096, USUAL));
        assertThat(few.mode()).isEqualTo(TrainMode.SYNCHRONOUS);
        assertThat(few.reason())
                .isEqualTo(
                        "exchange would take 0.022 s beside 0.136 s of computation, a share of 0.14; allowed is 0.25");
        assertThat(choose("auto", new ModeRule.Load(1, 2, 512, USUAL)).mode())
                .as("small minibatches exchange as many rows for less work")
                .isEqualTo(TrainMode.ROUNDS);
        assertThat(choose("auto", new ModeRule.Load(1, 8, 4096, USUAL)).mode())
                .as("more shards share the work but not the exchange")
                .isEqualTo(TrainMode.ROUNDS);
    }
}

package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.junit.jupiter.api.Test;

class MinibatchPlanTest {
    private static final MinibatchPlan PLAN = new MinibatchPlan(1003, 4, 100, 3, 5);

    @Test
    void isAPureFunctionOfItsFieldsEpochAndShard() {
        assertThat(new MinibatchPlan(1003, 4, 100, 3, 5).order(1, 2)).isEqualTo(PLAN.order(1, 2));
        assertThat(PLAN.order(1, 2)).isNotEqualTo(PLAN.order(2, 2)).isNotEqualTo(PLAN.order(1, 1));
        assertThat(new MinibatchPlan(1003, 4, 100, 3, 6).order(1, 2)).isNotEqualTo(PLAN.order(1, 2));
    }

    @Test
    void everyOrderVisitsEveryRowOfTheShardOnce() {
        for (int shard = 0; shard < 4; shard++) {
            int[] sorted = PLAN.order(0, shard);
            Arrays.sort(sorted);
            assertThat(sorted)
                    .isEqualTo(IntStream.range(0, shard < 3 ? 251 : 250).toArray());
        }
    }

    @Test
    void countsStepsAndLeftOverRows() {
        assertThat(PLAN.shardBatchRows()).isEqualTo(25);
        assertThat(PLAN.stepsPerEpoch()).isEqualTo(10);
        assertThat(PLAN.steps()).isEqualTo(30);
        assertThat(PLAN.droppedPerEpoch()).isEqualTo(3);
        assertThat(PLAN.epoch(9)).isZero();
        assertThat(PLAN.epoch(10)).isEqualTo(1);
    }

    @Test
    void everyWorkerCountCoversAllShards() {
        for (int workers = 1; workers <= 4; workers++) {
            assertThat(PLAN.firstShard(0, workers)).isZero();
            assertThat(PLAN.firstShard(workers, workers)).isEqualTo(4);
        }
    }

    @Test
    void refusesRowsThatFillNoMinibatch() {
        assertThatThrownBy(() -> new MinibatchPlan(99, 4, 100, 1, 5))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("99 training rows")
                .hasMessageContaining("train.batch-rows");
    }
}

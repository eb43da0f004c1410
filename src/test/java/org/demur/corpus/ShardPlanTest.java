package org.demur.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardPlanTest {
    private static List<ShardPlan.Length> prompts(int count) {
        Random random = new Random(3);
        List<ShardPlan.Length> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            prompts.add(new ShardPlan.Length(new PromptKey("set", "p" + i, "chat"), 20 + random.nextInt(300)));
        }
        return prompts;
    }

    @Test
    void shardsHaveAboutTheSameNumberOfTokens() {
        ShardPlan plan = new ShardPlan(prompts(500), 8);

        for (int shard = 0; shard < 8; shard++) {
            assertThat(plan.tokens(shard)).isBetween(plan.tokens() / 8 - 320, plan.tokens() / 8 + 320);
        }
        assertThat(plan.shardByPrompt()).hasSize(500);
    }

    @Test
    void theOrderOfThePromptsDoesNotMatter() {
        List<ShardPlan.Length> shuffled = prompts(100);
        Collections.shuffle(shuffled, new Random(1));

        assertThat(new ShardPlan(shuffled, 5).shardByPrompt())
                .isEqualTo(new ShardPlan(prompts(100), 5).shardByPrompt());
    }
}

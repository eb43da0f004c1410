package org.demur.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.junit.jupiter.api.Test;

class UnitPlanTest {
    private static final int MAX_TOKENS = 40;

    private static final List<ShardPlan.Length> PROMPTS = IntStream.range(0, 50)
            .mapToObj(i -> new ShardPlan.Length(key(i), 3 + i * 7 % 45))
            .toList();

    private static PromptKey key(int i) {
        return new PromptKey("set", "p" + i, i % 2 == 0 ? "chat" : "text");
    }

    private static List<List<PromptKey>> units() {
        return UnitPlan.units(PROMPTS, 3, MAX_TOKENS);
    }

    @Test
    void everyPromptIsInOneUnitOfAtMostTheTokensAllowed() {
        Map<PromptKey, Integer> lengths =
                PROMPTS.stream().collect(Collectors.toMap(ShardPlan.Length::key, ShardPlan.Length::tokens));
        assertThat(units().stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(lengths.keySet());
        assertThat(units()).allSatisfy(unit -> assertThat(
                        unit.size() == 1 || unit.stream().mapToInt(lengths::get).sum() <= MAX_TOKENS)
                .isTrue());
    }

    @Test
    void theOrderInWhichPromptsComeDoesNotMatter() {
        List<ShardPlan.Length> shuffled = new ArrayList<>(PROMPTS);
        Collections.shuffle(shuffled, new Random(3));
        assertThat(UnitPlan.units(shuffled, 3, MAX_TOKENS)).isEqualTo(units());
        assertThat(UnitPlan.units(PROMPTS, 4, MAX_TOKENS)).isNotEqualTo(units());
    }

    @Test
    void aTaskThatHasTheShardCutsItAlike() {
        ShardPlan plan = new ShardPlan(PROMPTS, 3);
        List<List<PromptKey>> byTasks = new ArrayList<>();
        for (int shard = 0; shard < 3; shard++) {
            int own = shard;
            List<TokenisedPrompt> prompts = PROMPTS.stream()
                    .filter(prompt -> plan.shardByPrompt().get(prompt.key()) == own)
                    .map(prompt -> new TokenisedPrompt(prompt.key(), new int[prompt.tokens()], new String[0]))
                    .toList();
            UnitPlan.ofShard(prompts, MAX_TOKENS)
                    .forEach(unit ->
                            byTasks.add(unit.stream().map(TokenisedPrompt::key).toList()));
        }
        assertThat(byTasks).isEqualTo(units());
    }

    @Test
    void theTableNumbersPromptsUnitAfterUnit() {
        UnitTable table = UnitTable.of(units());
        int ordinal = 0;
        for (int unit = 0; unit < units().size(); unit++) {
            assertThat(table.firstOrdinal(unit)).isEqualTo(ordinal);
            for (PromptKey prompt : units().get(unit)) {
                assertThat(table.ordinal(prompt.hash())).isEqualTo(ordinal++);
            }
        }
        assertThat(table.prompts()).isEqualTo(PROMPTS.size());
        assertThat(table.ordinal(new PromptKey("set", "absent", "chat").hash())).isEqualTo(-1);
        assertThat(table).isEqualTo(UnitTable.of(units())).hasSameHashCodeAs(UnitTable.of(units()));
    }

    @Test
    void refusesAPromptThatOccursTwice() {
        assertThatThrownBy(() -> UnitTable.of(List.of(List.of(key(1)), List.of(key(2), key(1)))))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Prompts 0 and 2")
                .hasMessageContaining("ingest the prompts again");
    }

    @Test
    void promptsOfUnknownUnitsAreUnitsThemselves() {
        UnitTable table = UnitTable.ofPrompts(new long[] {5, -3, 5, 9});
        assertThat(table.units()).isEqualTo(3);
        assertThat(table.ordinal(-3)).isZero();
        assertThat(table.ordinal(9)).isEqualTo(2);
    }
}

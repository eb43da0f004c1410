package org.demur.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.demur.sae.HeldOutPrompts;
import org.junit.jupiter.api.Test;

class StoredVectorsTest {
    private static final SampleOrder ORDER = new SampleOrder(5);

    private static PromptKey key(int i) {
        return new PromptKey("set", "p" + i, "chat");
    }

    private static double share(StoredVectors stored) {
        return IntStream.range(0, 20_000)
                        .filter(i -> stored.contains(key(i / 20), i % 20))
                        .count()
                / 20_000.0;
    }

    @Test
    void storesTheFirstRowsOfTheOrder() {
        HeldOutPrompts none = new HeldOutPrompts(1, 0);
        assertThat(share(new StoredVectors(none, ORDER, 1))).isEqualTo(1);
        assertThat(share(new StoredVectors(none, ORDER, 0.2))).isEqualTo(0.2, within(0.01));
        StoredVectors few = new StoredVectors(none, ORDER, 0.1);
        StoredVectors more = new StoredVectors(none, ORDER, 0.3);
        assertThat(IntStream.range(0, 1000).filter(i -> few.contains(key(i), 0)))
                .isNotEmpty()
                .allMatch(i -> more.contains(key(i), 0));
    }

    @Test
    void storesAllOfHeldOutPrompts() {
        HeldOutPrompts some = new HeldOutPrompts(1, 0.3);
        StoredVectors stored = new StoredVectors(some, ORDER, 0.01);
        assertThat(IntStream.range(0, 200).filter(i -> some.contains("set", "p" + i)))
                .isNotEmpty()
                .allMatch(i -> IntStream.range(0, 20).allMatch(t -> stored.contains(key(i), t)));
    }

    @Test
    void manifestsKeepTheFacts() {
        ExtractionFacts facts = new ExtractionFacts("r0123456789ab", List.of("a, b", "c"), 8, 2048, 0.25);
        assertThat(ExtractionFacts.of(facts.facts())).contains(facts);
        assertThat(facts.isPartial()).isTrue();
        assertThat(ExtractionFacts.of(Map.of("other", "fact"))).isEmpty();
    }
}

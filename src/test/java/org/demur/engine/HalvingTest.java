package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.junit.jupiter.api.Test;

/** What happens when native memory runs out. */
class HalvingTest {
    private static final String EXHAUSTED =
            "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried 9 bytes";

    @Test
    void knowsTheLibrarysOwnComplaint() {
        try (PtNDManager manager = TorchRuntime.newManager()) {
            RuntimeException e = catchThrowableOfType(
                    RuntimeException.class, () -> manager.create(new Shape(1L << 25, 1L << 25), DataType.FLOAT32));
            assertThat(Halving.isOutOfMemory(e)).as(e.getMessage()).isTrue();
        }
        assertThat(Halving.isOutOfMemory(new IllegalStateException("shape mismatch")))
                .isFalse();
    }

    @Test
    void runsEveryRowInPartsThatFit() {
        List<Integer> rows = IntStream.range(0, 37).boxed().toList();
        List<Integer> done = new ArrayList<>();
        Halving.run(rows, part -> {
            if (part.size() > 5) {
                throw new IllegalStateException(EXHAUSTED);
            }
            done.addAll(part);
        });
        assertThat(done).isEqualTo(rows);
    }

    @Test
    void aSingleRowThatDoesNotFitIsAnErrorThatSaysWhatToDo() {
        assertThatThrownBy(() -> Halving.run(List.of(1, 2, 3), part -> {
                    throw new IllegalStateException(EXHAUSTED);
                }))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("a single row")
                .hasMessageContaining("batch-memory");
    }

    @Test
    void otherFailuresAreNotTriedAgain() {
        List<Integer> calls = new ArrayList<>();
        assertThatThrownBy(() -> Halving.run(List.of(1, 2), part -> {
                    calls.add(part.size());
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(calls).containsExactly(2);
    }
}

package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.model.NamedTensor;
import org.demur.sae.LaneProduct;
import org.demur.sae.train.AdamOptimiser;
import org.demur.sae.train.Auxiliary;
import org.demur.sae.train.Objective;
import org.demur.sae.train.OptimiserState;
import org.demur.sae.train.SaeShape;
import org.demur.sae.train.TopK;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final int FEATURES = 40;
    private static final int WIDTH = 8;
    private static final int CUTS = 20;
    private static final Objective OBJECTIVE =
            new Objective(TopK.of(3), Auxiliary.none(), Objective.InputBias.DECODER, Objective.DecoderNorm.ONE, 0);

    @TempDir
    Path folder;

    private static TrainingStep.Model model(int seed, int worker, int workers) {
        TrainingWeights weights = new TrainingWeights(new SaeShape(FEATURES, WIDTH, WIDTH, 1), LaneProduct::new);
        float[] centre = new float[WIDTH];
        Arrays.fill(centre, seed);
        weights.initialise(seed, centre);
        TrainingStep.Model model = TrainingStep.Model.begin(
                OBJECTIVE, weights, new TrainingStep.Start(AdamOptimiser.standard(), 5, worker, workers));
        OptimiserState state = model.state();
        for (int block = state.firstBlock(); block < state.firstBlock() + state.blockCount(); block++) {
            float[] moments = state.block(block)[0];
            for (int i = 0; i < moments.length; i++) {
                moments[i] = seed + i + 1000 * block;
            }
        }
        model.b_decState()[1][3] = seed / 3f;
        model.dead().silentTokens_F()[7] = (1L << 40) + seed;
        return model;
    }

    private static List<Float> states(TrainingStep.Model model) {
        OptimiserState state = model.state();
        return IntStream.range(state.firstBlock(), state.firstBlock() + state.blockCount())
                .mapToObj(block -> state.block(block)[0])
                .flatMap(values -> IntStream.range(0, values.length).mapToObj(i -> values[i]))
                .toList();
    }

    private static CheckpointFile.Blocks blocks(OptimiserState state) {
        return new CheckpointFile.Blocks("state", state.firstBlock(), state.blockCount(), state::block);
    }

    private static void write(Checkpoint checkpoint, int step, TrainingStep.Model model) {
        int from = model.state().firstFeature();
        int to = model.state().endFeature();
        List<NamedTensor> tensors = new ArrayList<>(CheckpointFile.weights(model.weights(), from, to));
        tensors.addAll(CheckpointFile.tensors(blocks(model.state())));
        CheckpointFile.features(checkpoint.open(step), from, to).write(tensors);
    }

    private void save(Checkpoint checkpoint, int step, int seed, int workers) {
        TrainingStep.Model first = model(seed, 0, workers);
        write(checkpoint, step, first);
        for (int worker = 1; worker < workers; worker++) {
            write(checkpoint, step, model(seed, worker, workers));
        }
        Checkpoint.Shared shared = new Checkpoint.Shared(
                first.dead().silentTokens_F(), first.weights().b_dec(), first.b_decState());
        checkpoint.seal(step, shared, List.of(new CurvePoint(step, 0, 1, 0.1, 0.2, 0.3, 4, 0, 0)));
    }

    private static void restore(Checkpoint checkpoint, Checkpoint.Summary summary, TrainingStep.Model model) {
        for (CheckpointFile file : CheckpointFile.allFeatures(checkpoint.folder(summary.step()), summary)) {
            file.readWeights(model.weights());
            file.readBlocks(blocks(model.state()));
        }
        summary.shared().copyTo(model);
    }

    @Test
    void anyNumberOfWorkersRestoresWhatAnyOtherSaved() {
        Checkpoint checkpoint = new Checkpoint(folder, "digest");
        save(checkpoint, 10, 3, 3);
        Checkpoint.Summary summary = checkpoint.latest().orElseThrow();
        TrainingStep.Model saved = model(3, 0, 1);
        for (int workers = 1; workers <= 4; workers++) {
            for (int worker = 0; worker < workers; worker++) {
                TrainingStep.Model restored = model(99, worker, workers);
                restore(checkpoint, summary, restored);
                assertThat(restored.weights().w_enc().flat())
                        .isEqualTo(saved.weights().w_enc().flat());
                assertThat(restored.weights().w_dec().flat())
                        .isEqualTo(saved.weights().w_dec().flat());
                assertThat(restored.weights().b_dec()).isEqualTo(saved.weights().b_dec());
                assertThat(restored.b_decState()[1]).isEqualTo(saved.b_decState()[1]);
                assertThat(states(restored)).isEqualTo(states(model(3, worker, workers)));
                assertThat(restored.dead().silentTokens_F())
                        .isEqualTo(saved.dead().silentTokens_F());
            }
        }
        assertThat(summary.step()).isEqualTo(10);
        assertThat(summary.curve()).hasSize(1);
    }

    @Test
    void aCutCheckpointIsPassedOverForTheOneBefore() throws IOException {
        Checkpoint checkpoint = new Checkpoint(folder, "digest");
        save(checkpoint, 10, 3, 2);
        save(checkpoint, 20, 4, 2);
        for (Path file : files(folder.resolve("step=20"))) {
            byte[] whole = Files.readAllBytes(file);
            for (int cut = 0; cut < CUTS; cut++) {
                Files.write(file, Arrays.copyOf(whole, whole.length * cut / CUTS));
                assertThat(checkpoint.latest())
                        .as("%s cut at %d of 20", file.getFileName(), cut)
                        .hasValueSatisfying(
                                summary -> assertThat(summary.step()).isEqualTo(10));
            }
            Files.write(file, whole);
            assertThat(checkpoint.latest())
                    .hasValueSatisfying(s -> assertThat(s.step()).isEqualTo(20));
        }
    }

    @Test
    void aChangedByteIsFound() throws IOException {
        Checkpoint checkpoint = new Checkpoint(folder, "digest");
        save(checkpoint, 10, 3, 1);
        Path slice = files(folder.resolve("step=10")).stream()
                .filter(file -> file.toString().endsWith(".safetensors"))
                .findFirst()
                .orElseThrow();
        byte[] bytes = Files.readAllBytes(slice);
        bytes[bytes.length - 1] ^= 1;
        Files.write(slice, bytes);
        assertThat(checkpoint.latest()).isEmpty();
    }

    @Test
    void aForeignOrUnfinishedCheckpointIsPassedOver() {
        save(new Checkpoint(folder, "other training"), 30, 5, 1);
        Checkpoint checkpoint = new Checkpoint(folder, "digest");
        write(checkpoint, 40, model(6, 0, 1));
        assertThat(checkpoint.latest()).isEmpty();
        checkpoint.discardUnfinished();
        assertThat(folder.resolve(".step=40")).doesNotExist();
    }

    @Test
    void onlyTheLastTwoAreKept() {
        Checkpoint checkpoint = new Checkpoint(folder, "digest");
        for (int step = 1; step <= 4; step++) {
            save(checkpoint, step, step, 1);
        }
        assertThat(folder.resolve("step=2")).doesNotExist();
        assertThat(folder.resolve("step=3")).exists();
        assertThat(folder.resolve("step=4")).exists();
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}

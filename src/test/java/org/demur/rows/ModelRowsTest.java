package org.demur.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.demur.JobException;
import org.demur.engine.ModelSpec;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;
import org.demur.schema.VectorDtype;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps generated rows from being others than the extracted ones. */
class ModelRowsTest {
    private static final String MODEL = "classpath:/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf";
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType(
            "message spark_schema { required binary set_name (STRING); required binary prompt_id (STRING);"
                    + " required binary kind (STRING); required binary prompt (STRING);"
                    + " required group token_ids (LIST) { repeated group list { required int32 element; } } }");

    @TempDir
    Path folder;

    private Path writePrompts(int count) throws IOException {
        Path file = folder.resolve("prompts.parquet");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toString()))
                .withType(SCHEMA)
                .withConf(new Configuration())
                .build()) {
            for (int prompt = 0; prompt < count; prompt++) {
                Group row = new SimpleGroupFactory(SCHEMA)
                        .newGroup()
                        .append("set_name", "set")
                        .append("prompt_id", "p" + prompt)
                        .append("kind", "chat")
                        .append("prompt", "left in the file");
                Group ids = row.addGroup("token_ids");
                IntStream.range(0, ActivationFiles.length(prompt))
                        .forEach(position -> ids.addGroup("list").append("element", position + 5));
                writer.write(row);
            }
        }
        return file;
    }

    private TrainingRows open(Path prompts) {
        RowInput stored = ActivationFiles.input(
                ActivationFiles.write(folder.resolve("a.parquet"), ActivationFiles.rows(), VectorDtype.BF16));
        try (ModelBundle bundle = ModelSource.open(MODEL)) {
            RowOrigin origin =
                    new RowOrigin.Generated(new ModelSpec(MODEL, bundle.digest(), 1), 128, List.of(prompts.toString()));
            RowInput input = new RowInput(
                    stored.point(),
                    stored.width(),
                    stored.files(),
                    stored.filter(),
                    new RowInput.Corpus(
                            stored.corpus().units(), origin, stored.corpus().sampling()));
            return TrainingRows.open(
                    new RowRequest(
                            input,
                            new RowRequest.Batches(20, 1, 1),
                            3,
                            new ShardRange(0, 1),
                            new RowStorage(VectorDtype.BF16, 50, 1 << 20, RowStorage.Place.AUTO)),
                    folder);
        }
    }

    @Test
    void aModelThatComputesSomethingElseIsFoundOutByItsNorms() throws IOException {
        try (TrainingRows rows = open(writePrompts(ActivationFiles.PROMPTS))) {
            assertThat(rows.sample().rows()).isPositive();
            assertThatThrownBy(() -> rows.load(0, List.of(new CollectedRows(20))))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("Layer 3 has the norm ")
                    .hasMessageContaining("it was extracted with 10.0");
        }
    }

    @Test
    void everyPromptOfTheUnitsMustBeThere() {
        assertThatThrownBy(() -> open(writePrompts(ActivationFiles.PROMPTS - 1)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Prompt " + (ActivationFiles.PROMPTS - 1) + " of the corpus");
        assertThatThrownBy(() -> open(folder.resolve("absent.parquet")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("absent.parquet");
        Path cut = folder.resolve("cut.parquet");
        assertThatThrownBy(() -> open(Files.writeString(cut, "PAR1 and no more")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("cut.parquet");
        assertThat(OpenRows.openStores()).isZero();
    }
}

package org.demur.rows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.demur.corpus.PromptKey;
import org.demur.corpus.SampleOrder;
import org.demur.corpus.UnitTable;
import org.demur.edit.HookPoint;
import org.demur.sae.HeldOutPrompts;
import org.demur.schema.VectorDtype;

/**
 * Files as the extract stage writes them, of {@value #PROMPTS} prompts. The first value of a vector is the number of its prompt,
 * the second its position, so that a row can be told from its vector.
 */
final class ActivationFiles {
    static final int PROMPTS = 60;
    static final int WIDTH = 8;

    private static final int UNIT_PROMPTS = 4;
    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType(
            "message spark_schema { required binary set_name (STRING); required binary prompt_id (STRING);"
                    + " required binary kind (STRING); required int32 position; required binary token_class (STRING); required binary hook (STRING);"
                    + " required float norm; optional binary vector; required binary dtype (STRING); }");

    private ActivationFiles() {}

    /** A row to write; an empty vector is left out. */
    record Written(int prompt, int position, float norm, float[] x_D) {}

    static int length(int prompt) {
        return 3 + prompt % 17;
    }

    /** All rows, prompt after prompt. */
    static List<Written> rows() {
        List<Written> rows = new ArrayList<>();
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
            for (int position = 0; position < length(prompt); position++) {
                SplittableRandom random = new SplittableRandom(1000L * prompt + position);
                float[] x_D = new float[WIDTH];
                x_D[0] = prompt;
                x_D[1] = position;
                for (int c = 2; c < WIDTH; c++) {
                    x_D[c] = (float) random.nextGaussian();
                }
                rows.add(new Written(prompt, position, 10, x_D));
            }
        }
        return rows;
    }

    static PromptKey key(int prompt) {
        return new PromptKey("set", "p" + prompt, "chat");
    }

    /** Four consecutive prompts a unit. */
    static UnitTable units() {
        List<List<PromptKey>> units = new ArrayList<>();
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
            if (prompt % UNIT_PROMPTS == 0) {
                units.add(new ArrayList<>());
            }
            units.get(units.size() - 1).add(key(prompt));
        }
        return UnitTable.of(units);
    }

    static int unit(int prompt) {
        return prompt / UNIT_PROMPTS;
    }

    /** The rows in one file. */
    static Path write(Path file, List<Written> rows, VectorDtype dtype) {
        return write(file, rows, dtype, "resid_post");
    }

    /** The same for another point of the block. */
    static Path write(Path file, List<Written> rows, VectorDtype dtype, String hook) {
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toString());
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(path)
                .withType(SCHEMA)
                .withConf(new Configuration())
                .withCompressionCodec(CompressionCodecName.UNCOMPRESSED)
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .withRowGroupSize(8192L)
                .build()) {
            for (Written row : rows) {
                writer.write(group(row, dtype, hook));
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Group group(Written row, VectorDtype dtype, String hook) {
        Group group = new SimpleGroupFactory(SCHEMA)
                .newGroup()
                .append("set_name", "set")
                .append("prompt_id", "p" + row.prompt())
                .append("kind", "chat")
                .append("position", row.position())
                .append("token_class", row.position() == 0 ? "bos" : "content")
                .append("hook", hook)
                .append("norm", row.norm());
        if (row.x_D().length > 0) {
            byte[] vector = dtype.encode(row.x_D(), 0, row.x_D().length);
            group.append("vector", Binary.fromConstantByteArray(vector));
        }
        return group.append("dtype", dtype.sqlName());
    }

    /** The rows of these files with their units, those of the class bos left out, none held out. */
    static RowInput input(Path... files) {
        return new RowInput(
                HookPoint.residPost(3),
                WIDTH,
                List.of(files).stream().map(Path::toString).toList(),
                new RowFilter(100, List.of("bos"), new HeldOutPrompts(1, 0)),
                new RowInput.Corpus(units(), new RowOrigin.Stored(), new RowInput.Sampling(new SampleOrder(5), 8192)));
    }
}

package org.demur.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.demur.corpus.PromptKey;
import org.demur.corpus.ResidualVector;
import org.demur.edit.Site;
import org.demur.schema.VectorDtype;

/** Writes files with the columns of {@code activations} and {@code prompts} that training reads. */
final class RowTables {
    private static final String KEY =
            "required binary set_name (STRING); required binary prompt_id (STRING); required binary kind (STRING);";
    private static final MessageType ACTIVATIONS = MessageTypeParser.parseMessageType("message spark_schema { " + KEY
            + " required int32 position; required binary token_class (STRING); required float norm;"
            + " required binary hook (STRING);"
            + " required binary vector; required binary dtype (STRING); }");
    private static final MessageType PROMPTS = MessageTypeParser.parseMessageType("message spark_schema { " + KEY
            + " required group token_ids (LIST) { repeated group list { required int32 element; } } }");

    private RowTables() {}

    /** Key of prompt {@code number}. */
    static PromptKey key(int number) {
        return new PromptKey("bench", "p" + number, "chat");
    }

    /** Number of the prompt with a key. */
    static int number(PromptKey key) {
        return Integer.parseInt(key.promptId().substring(1));
    }

    /** Takes rows. */
    @FunctionalInterface
    interface ActivationSink {
        /** Writes the vector at a position of a prompt. */
        void put(int prompt, int position, ResidualVector vector);
    }

    /** Writes activations in bfloat16. */
    static void activations(Path file, Consumer<ActivationSink> rows) {
        write(
                file,
                ACTIVATIONS,
                writer -> rows.accept((prompt, position, vector) -> {
                    Group row = start(ACTIVATIONS, prompt)
                            .append("position", position)
                            .append("token_class", "content")
                            .append("norm", vector.norm())
                            .append("hook", Site.RESID_POST.sqlName())
                            .append("vector", Binary.fromConstantByteArray(vector.encoded(VectorDtype.BF16)))
                            .append("dtype", VectorDtype.BF16.sqlName());
                    writer.accept(row);
                }));
    }

    /** Writes prompts, numbered in the order of {@code tokenIds}. */
    static void prompts(Path file, Iterable<int[]> tokenIds) {
        write(file, PROMPTS, writer -> {
            int number = 0;
            for (int[] ids : tokenIds) {
                Group row = start(PROMPTS, number++);
                Group list = row.addGroup("token_ids");
                for (int id : ids) {
                    list.addGroup("list").append("element", id);
                }
                writer.accept(row);
            }
        });
    }

    private static Group start(MessageType schema, int prompt) {
        PromptKey key = key(prompt);
        return new SimpleGroupFactory(schema)
                .newGroup()
                .append("set_name", key.setName())
                .append("prompt_id", key.promptId())
                .append("kind", key.kind());
    }

    private static void write(Path file, MessageType schema, Consumer<Consumer<Group>> rows) {
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new org.apache.hadoop.fs.Path(file.toUri()))
                .withType(schema)
                .withConf(new Configuration())
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .build()) {
            rows.accept(row -> {
                try {
                    writer.write(row);
                } catch (IOException e) {
                    throw new UncheckedIOException("Cannot write " + file, e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + file, e);
        }
    }
}

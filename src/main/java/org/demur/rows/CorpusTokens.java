package org.demur.rows;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.corpus.PromptKey;
import org.demur.corpus.UnitTable;

/** The token ids of the prompts of some units, read from the table {@code prompts}; 4 bytes a token. */
final class CorpusTokens {
    private static final List<String> COLUMNS = List.of("set_name", "prompt_id", "kind", "token_ids");

    private final int[][] tokensByPrompt;

    private CorpusTokens(int prompts) {
        tokensByPrompt = new int[prompts][];
    }

    /** Reads the prompts whose numbers are set in {@code wanted}; all of them must be there. */
    static CorpusTokens read(List<String> files, UnitTable units, BitSet wanted) {
        CorpusTokens tokens = new CorpusTokens(units.prompts());
        for (String file : files) {
            tokens.read(file, units, wanted);
        }
        wanted.stream()
                .filter(prompt -> tokens.tokensByPrompt[prompt] == null)
                .findFirst()
                .ifPresent(prompt -> {
                    throw new JobException(
                            ExitCode.MISMATCH,
                            "Prompt " + prompt + " of the corpus is not among the prompts",
                            "the tables prompts and activations come from different runs",
                            "extract again");
                });
        return tokens;
    }

    private void read(String file, UnitTable units, BitSet wanted) {
        try (ParquetReader<Group> reader = ParquetReader.builder(new GroupReadSupport(), new Path(file))
                .withConf(projection(file))
                .build()) {
            for (Group row = reader.read(); row != null; row = reader.read()) {
                long hash = PromptKey.hash(bytes(row, "set_name"), bytes(row, "prompt_id"), bytes(row, "kind"));
                int ordinal = units.ordinal(hash);
                if (ordinal >= 0 && wanted.get(ordinal)) {
                    tokensByPrompt[ordinal] = ids(row.getGroup("token_ids", 0));
                }
            }
        } catch (IOException | RuntimeException e) {
            // The Parquet library reports pages that end early with whatever exception the decoder met.
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "Cannot read the prompts of " + file,
                    "it was removed or cut off after publication",
                    "ingest the prompts again",
                    e);
        }
    }

    /** Leaves the texts in the file. */
    private static Configuration projection(String file) throws IOException {
        Configuration hadoop = new Configuration();
        try (ParquetFileReader reader = ParquetFileReader.open(HadoopInputFile.fromPath(new Path(file), hadoop))) {
            MessageType schema = reader.getFileMetaData().getSchema();
            List<Type> columns = COLUMNS.stream().map(schema::getType).toList();
            hadoop.set(ReadSupport.PARQUET_READ_SCHEMA, new MessageType(schema.getName(), columns).toString());
        }
        return hadoop;
    }

    private static byte[] bytes(Group row, String column) {
        return row.getBinary(column, 0).getBytes();
    }

    private static int[] ids(Group list) {
        int[] ids = new int[list.getFieldRepetitionCount(0)];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = list.getGroup(0, i).getInteger(0, 0);
        }
        return ids;
    }

    /** Token ids of a prompt. */
    int[] tokens(int prompt) {
        return tokensByPrompt[prompt];
    }
}

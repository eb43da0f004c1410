package org.demur.rows;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.corpus.PromptKey;
import org.demur.corpus.UnitTable;

/** The token ids of the prompts of some units, read from the table {@code prompts}; 4 bytes a token. */
final class CorpusTokens {
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
                .withConf(new Configuration())
                .build()) {
            for (Group row = reader.read(); row != null; row = reader.read()) {
                int ordinal = units.ordinal(
                        PromptKey.hash(bytes(row, "set_name"), bytes(row, "prompt_id"), bytes(row, "kind")));
                if (ordinal >= 0 && wanted.get(ordinal)) {
                    tokensByPrompt[ordinal] = ids(row.getGroup("token_ids", 0));
                }
            }
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "Cannot read the prompts of " + file,
                    "it was removed or cut off after publication",
                    "ingest the prompts again",
                    e);
        }
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

package org.demur.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.demur.JobException;
import org.demur.config.ConfigSection;
import org.demur.schema.VectorDtype;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowStorageTest {
    private static final RowFormat FORMAT = new RowFormat(512, VectorDtype.BF16);

    private static RowStorage read(String dtype, String window) {
        return RowStorage.from(
                ConfigSection.parse("row-dtype = " + dtype + ", window-rows = " + window + ", memory-mib = 2"));
    }

    @ParameterizedTest
    @CsvSource({"100,1", "2048,2", "5000,2", "100000,3"})
    void windowsOfAllShardsStayWithinTheBudget(int rows, int shards) {
        RowStorage storage = read("bf16", "auto");
        long window = storage.shardWindow(FORMAT, rows / shards, shards);
        assertThat(window * shards * FORMAT.bytes()).isLessThanOrEqualTo(2 << 20);
        assertThat(window).isEqualTo(Math.min(rows / shards, 2048 / shards));
        assertThat(storage.onHeap(FORMAT, rows)).isEqualTo(rows <= 2048);
    }

    @Test
    void aGivenWindowIsDealtToTheShards() {
        assertThat(read("bf16", "900").shardWindow(FORMAT, 5000, 3)).isEqualTo(300);
        assertThat(read("bf16", "900").shardWindow(FORMAT, 20, 3)).isEqualTo(20);
        assertThat(read("bf16", "1").shardWindow(FORMAT, 20, 3)).isEqualTo(1);
    }

    @Test
    void refusesUnknownDtypes() {
        assertThat(read("f32", "auto").dtype()).isEqualTo(VectorDtype.F32);
        assertThatThrownBy(() -> read("f16", "auto"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("row-dtype")
                .hasMessageContaining("f16")
                .hasMessageContaining("write bf16 or f32");
    }
}

package org.demur.rows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keeps rows open between one {@link TrainingRows} and the next that reads the same, so that they are read only once. */
public final class HeldRows implements AutoCloseable {
    private final List<OpenRows> held = new ArrayList<>();

    private HeldRows() {}

    /** Opens the rows of every request, unless they are open already. */
    public static HeldRows of(List<RowRequest> requests, Path scratch) {
        HeldRows rows = new HeldRows();
        try {
            requests.forEach(request -> rows.held.add(OpenRows.of(request, scratch)));
            return rows;
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    @Override
    public void close() {
        held.forEach(OpenRows::close);
    }
}

package org.demur.rows;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The order in which the rows of a shard leave its window. The window has a fixed number of slots. Each draw takes the row of a
 * random slot, and the next row of the stream takes its place at once, so that the window is always full. Rows of a unit leave
 * over a stretch of about {@code slots} draws with an exponential tail, so a minibatch meets about twice as many units as from a
 * window that is emptied before it is filled again, and a third more than from one that is filled when half empty. With 200 units
 * of 2000 rows, a window of a fifth of them and minibatches of 4096, the entropy of the units in a minibatch is 0.70 of a uniform
 * draw's when the window is emptied, 0.80 when it is refilled at half, 0.85 here.
 *
 * <p>Rows of the next pass that have taken a place wait until the last row of this pass has left. A pass therefore begins with
 * the first rows of its stream in the window, whatever went before: its order depends on the seed and the pass alone. A window
 * as large as the shard gives a uniform permutation.
 */
final class WindowOrder {
    /** Answer of {@link #refill} when the stream has ended. */
    static final long NONE = -1;

    private final long seed;
    private final int rows;
    private final int passes;
    private final long[] held;
    private int[] active;
    private int[] waiting;
    private int activeCount;
    private int waitingCount;
    private int drawn;
    private int pass;
    private long next;
    private SplittableRandom random = new SplittableRandom();

    /**
     * Begins with the first row.
     *
     * @param rows of the shard in a pass
     * @param slots of the window, at most {@code rows}
     */
    WindowOrder(long seed, int rows, int slots, int passes) {
        this.seed = seed;
        this.rows = rows;
        this.passes = passes;
        this.held = new long[slots];
        this.active = new int[slots];
        this.waiting = new int[slots];
        seek(0);
    }

    /** Goes to where {@code position} draws have been made since the beginning, by making those of the pass in which it lies. */
    void seek(long position) {
        long begin = position / rows * rows;
        pass = (int) (position / rows);
        active = IntStream.range(0, held.length).toArray();
        activeCount = pass < passes ? held.length : 0;
        waitingCount = 0;
        next = begin + held.length;
        for (int slot = 0; slot < held.length; slot++) {
            held[slot] = begin + slot;
        }
        random = new SplittableRandom(PassSeed.DRAWS.of(seed, pass));
        for (long drawn = begin; drawn < position; drawn++) {
            draw();
            refill();
        }
    }

    /** Number of slots. */
    int slots() {
        return held.length;
    }

    /** Number in the stream, which runs through all passes, of the row in a slot. */
    long held(int slot) {
        return held[slot];
    }

    /** Whether a slot holds a row that has not left. */
    boolean isFull(int slot) {
        return held[slot] != NONE;
    }

    /** The slot whose row leaves. */
    int draw() {
        if (activeCount == 0) {
            throw new IllegalStateException("All rows of all passes have left");
        }
        drawn = random.nextInt(activeCount);
        return active[drawn];
    }

    /** Gives the slot of the last draw to the next row of the stream; its number there, or {@link #NONE} at the end. */
    long refill() {
        int slot = active[drawn];
        long row = next < (long) rows * passes ? next++ : NONE;
        held[slot] = row;
        if (row == NONE || row / rows > pass) {
            active[drawn] = active[--activeCount];
            if (row != NONE) {
                waiting[waitingCount++] = slot;
            }
        }
        if (activeCount == 0) {
            beginPass();
        }
        return row;
    }

    private void beginPass() {
        pass++;
        int[] emptied = active;
        active = waiting;
        waiting = emptied;
        activeCount = waitingCount;
        waitingCount = 0;
        random = new SplittableRandom(PassSeed.DRAWS.of(seed, pass));
    }
}

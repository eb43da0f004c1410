package org.demur.judge.http;

import java.nio.file.Path;
import org.demur.table.Journal;

/**
 * Counts requests and tokens of one run, also over restarts, so that neither exceeds its limit. A request is booked
 * before it is sent, with more tokens than it can take; the rest is given back when the server reports what it took.
 */
final class Budget implements AutoCloseable {
    private final Quota quota;
    private final Journal.Writer journal;
    private long requests;
    private long tokens;
    private int inFlight;

    /** Goes on from what the folder's journal says was spent. */
    Budget(Quota quota, Path folder) {
        this.quota = quota;
        for (String line : new Journal(folder).lines()) {
            int space = line.indexOf(' ');
            requests += Long.parseLong(line.substring(0, space));
            tokens += Long.parseLong(line.substring(space + 1));
        }
        journal = new Journal(folder).open();
    }

    /** Books a request; false when the limit is reached. Waits where a running request may give tokens back. */
    synchronized boolean book(long bookedTokens) throws InterruptedException {
        while (true) {
            if (quota.maxRequests() > 0 && requests >= quota.maxRequests()) {
                return false;
            }
            if (quota.maxTokens() == 0 || tokens + bookedTokens <= quota.maxTokens()) {
                inFlight++;
                spend(1, bookedTokens);
                return true;
            }
            if (inFlight == 0) {
                return false;
            }
            wait();
        }
    }

    /** A booked request is over and took so many tokens. */
    synchronized void settle(long bookedTokens, long takenTokens) {
        inFlight--;
        if (takenTokens != bookedTokens) {
            spend(0, takenTokens - bookedTokens);
        }
        notifyAll();
    }

    @Override
    public void close() {
        journal.close();
    }

    private void spend(long moreRequests, long moreTokens) {
        requests += moreRequests;
        tokens += moreTokens;
        journal.append(moreRequests + " " + moreTokens);
    }
}

package org.demur.prompts.template;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/** The values of an iterator that meet a condition; looks no further ahead than it is asked. */
final class FilteredIterator implements Iterator<Value> {
    private final Iterator<Value> source;
    private final Predicate<Value> condition;
    private boolean ready;
    private Value next = Value.None.NONE;

    FilteredIterator(Iterator<Value> source, Predicate<Value> condition) {
        this.source = source;
        this.condition = condition;
    }

    @Override
    public boolean hasNext() {
        while (!ready && source.hasNext()) {
            next = source.next();
            ready = condition.test(next);
        }
        return ready;
    }

    @Override
    public Value next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no further value meets the condition");
        }
        ready = false;
        return next;
    }
}

package org.demur.evaluation;

import java.util.Iterator;
import scala.Tuple2;

/** The values of pairs, one after another. */
final class ValuesOf<V> implements Iterator<V> {
    private final Iterator<? extends Tuple2<?, V>> pairs;

    ValuesOf(Iterator<? extends Tuple2<?, V>> pairs) {
        this.pairs = pairs;
    }

    @Override
    public boolean hasNext() {
        return pairs.hasNext();
    }

    @Override
    public V next() {
        return pairs.next()._2();
    }
}

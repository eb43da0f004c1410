package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Python's operators on template values. */
final class Operators {
    /** Binary arithmetic. */
    enum Operator {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE,
        FLOOR_DIVIDE,
        REMAINDER,
        POWER
    }

    /** What a comparison asks. */
    enum Relation {
        EQUAL,
        UNEQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL,
        IN,
        NOT_IN
    }

    private final Budget budget;
    private final Printer printer;

    Operators(Budget budget, Printer printer) {
        this.budget = budget;
        this.printer = printer;
    }

    Value apply(Operator operator, Value left, Value right) {
        refuseUndefined(left);
        refuseUndefined(right);
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.apply(operator, left, right);
        }
        return switch (operator) {
            case ADD -> add(left, right);
            case MULTIPLY -> repeat(left, right);
            case REMAINDER -> format(left, right);
            case SUBTRACT, DIVIDE, FLOOR_DIVIDE, POWER -> throw unsupported(operator, left, right);
        };
    }

    private static void refuseUndefined(Value value) {
        if (value instanceof Value.Undefined undefined) {
            throw new Refusal(undefined.complaint());
        }
    }

    private static Refusal unsupported(Operator operator, Value left, Value right) {
        return new Refusal("the operator %s is not supported between %s and %s"
                .formatted(operator, left.typeName(), right.typeName()));
    }

    private Value add(Value left, Value right) {
        if (left instanceof Value.Text a && right instanceof Value.Text b) {
            budget.admitText((long) a.text().length() + b.text().length());
            return new Value.Text(a.text() + b.text());
        }
        if (left instanceof Value.Items a
                && right instanceof Value.Items b
                && a.shape() == b.shape()
                && a.shape() != Value.Shape.VIEW) {
            budget.admitItems((long) a.values().size() + b.values().size());
            List<Value> joined = new ArrayList<>(a.values());
            joined.addAll(b.values());
            return new Value.Items(joined, a.shape());
        }
        throw unsupported(Operator.ADD, left, right);
    }

    private Value repeat(Value left, Value right) {
        if (left instanceof Value.Int) {
            return right instanceof Value.Int ? Numbers.apply(Operator.MULTIPLY, left, right) : repeat(right, left);
        }
        if (left instanceof Value.Text text && right instanceof Value.Int times) {
            long count = Math.max(0, times.number());
            budget.admitText(
                    text.text().isEmpty() ? 0 : saturatedProduct(text.text().length(), count));
            return new Value.Text(text.text().repeat((int) (text.text().isEmpty() ? 0 : count)));
        }
        if (left instanceof Value.Items items
                && items.shape() != Value.Shape.VIEW
                && right instanceof Value.Int times) {
            long count = items.values().isEmpty() ? 0 : Math.max(0, times.number());
            budget.admitItems(saturatedProduct(items.values().size(), count));
            List<Value> repeated = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                repeated.addAll(items.values());
            }
            return new Value.Items(repeated, items.shape());
        }
        throw unsupported(Operator.MULTIPLY, left, right);
    }

    private static long saturatedProduct(long a, long b) {
        return b > Long.MAX_VALUE / Math.max(1, a) ? Long.MAX_VALUE : a * b;
    }

    private Value format(Value left, Value right) {
        if (left instanceof Value.Text pattern) {
            return new Value.Text(budget.admitted(Formats.percent(printer, pattern.text(), right)));
        }
        throw unsupported(Operator.REMAINDER, left, right);
    }

    boolean holds(Relation relation, Value left, Value right) {
        return switch (relation) {
            case EQUAL -> equal(left, right);
            case UNEQUAL -> !equal(left, right);
            case LESS -> compare(left, right, relation);
            case LESS_OR_EQUAL -> compare(left, right, relation);
            case GREATER -> compare(right, left, Relation.LESS);
            case GREATER_OR_EQUAL -> compare(right, left, Relation.LESS_OR_EQUAL);
            case IN -> contains(right, left);
            case NOT_IN -> !contains(right, left);
        };
    }

    boolean equal(Value left, Value right) {
        budget.work();
        if (left instanceof Value.Undefined || right instanceof Value.Undefined) {
            return left instanceof Value.Undefined && right instanceof Value.Undefined;
        }
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            return Numbers.compare(left, right) == Numbers.Order.SAME;
        }
        if (left instanceof Value.Items a && right instanceof Value.Items b) {
            refuseViews(a, b);
            return a.shape() == b.shape() && equal(a.values(), b.values());
        }
        if (left instanceof Value.Mapping a && right instanceof Value.Mapping b) {
            return equal(a.entries(), b.entries());
        }
        return left.equals(right);
    }

    private static void refuseViews(Value.Items left, Value.Items right) {
        if (left.shape() == Value.Shape.VIEW || right.shape() == Value.Shape.VIEW) {
            throw new Refusal("comparing ranges or dictionary views is not supported; use |list");
        }
    }

    private boolean equal(List<Value> left, List<Value> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!equal(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean equal(Map<Value, Value> left, Map<Value, Value> right) {
        if (!left.keySet().equals(right.keySet())) {
            return false;
        }
        return left.entrySet().stream().allMatch(entry -> equal(entry.getValue(), right.get(entry.getKey())));
    }

    private boolean compare(Value left, Value right, Relation relation) {
        refuseUndefined(left);
        refuseUndefined(right);
        boolean orEqual = relation == Relation.LESS_OR_EQUAL;
        if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
            Numbers.Order order = Numbers.compare(left, right);
            return order == Numbers.Order.LESS || (orEqual && order == Numbers.Order.SAME);
        }
        if (left instanceof Value.Text a && right instanceof Value.Text b) {
            int order = compareCodePoints(a.text(), b.text());
            return orEqual ? order <= 0 : order < 0;
        }
        throw new Refusal("ordering %s and %s is not supported".formatted(left.typeName(), right.typeName()));
    }

    private static int compareCodePoints(String left, String right) {
        return java.util.Arrays.compare(
                left.codePoints().toArray(), right.codePoints().toArray());
    }

    boolean contains(Value container, Value sought) {
        if (container instanceof Value.Text text) {
            if (sought instanceof Value.Text part) {
                return text.text().contains(part.text());
            }
            throw new Refusal("only a string can be in a string, not " + sought.typeName());
        }
        if (container instanceof Value.Mapping mapping) {
            return mapping.entries().containsKey(Sequences.key(sought));
        }
        for (Value value : Sequences.values(container)) {
            if (equal(value, sought)) {
                return true;
            }
        }
        return false;
    }
}

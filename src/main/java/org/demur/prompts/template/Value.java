package org.demur.prompts.template;

import java.util.List;
import java.util.Map;

/** A value of the template language. Only {@link Namespace} can change after it was made. */
sealed interface Value
        permits Value.Text,
                Value.Int,
                Value.Real,
                Value.Bool,
                Value.None,
                Value.Undefined,
                Value.Items,
                Value.Mapping,
                Value.Function,
                Namespace,
                Generator,
                Loop {

    /** Python's {@code bool()} of this value. */
    boolean truth();

    /** The name of the corresponding Python type, for messages. */
    String typeName();

    /** A string; positions in it count code points, as Python's do. */
    record Text(String text) implements Value {
        @Override
        public boolean truth() {
            return !text.isEmpty();
        }

        @Override
        public String typeName() {
            return "str";
        }
    }

    /** An integer; arithmetic that leaves 64 bits is refused. */
    record Int(long number) implements Value {
        @Override
        public boolean truth() {
            return number != 0;
        }

        @Override
        public String typeName() {
            return "int";
        }
    }

    /** A floating-point number. */
    record Real(double number) implements Value {
        @Override
        public boolean truth() {
            return number != 0;
        }

        @Override
        public String typeName() {
            return "float";
        }
    }

    /** A truth value; counts as 0 or 1 in arithmetic. */
    enum Bool implements Value {
        FALSE,
        TRUE;

        static Bool of(boolean truth) {
            return truth ? TRUE : FALSE;
        }

        @Override
        public boolean truth() {
            return this == TRUE;
        }

        @Override
        public String typeName() {
            return "bool";
        }
    }

    /** Python's {@code None}. */
    enum None implements Value {
        NONE;

        @Override
        public boolean truth() {
            return false;
        }

        @Override
        public String typeName() {
            return "None";
        }
    }

    /** A missing value: prints as nothing, iterates over nothing, refuses everything else. */
    record Undefined(String complaint) implements Value {
        @Override
        public boolean truth() {
            return false;
        }

        @Override
        public String typeName() {
            return "Undefined";
        }
    }

    /** How Python would hold a row of values, which decides what can be done with it. */
    enum Shape {
        LIST,
        TUPLE,
        /** A range or a dictionary view: can be iterated and counted, but not printed or indexed. */
        VIEW
    }

    /** A row of values. */
    record Items(List<Value> values, Shape shape) implements Value {
        static Items list(List<Value> values) {
            return new Items(values, Shape.LIST);
        }

        static Items tuple(Value... values) {
            return new Items(List.of(values), Shape.TUPLE);
        }

        static Items view(List<Value> values) {
            return new Items(values, Shape.VIEW);
        }

        @Override
        public boolean truth() {
            return !values.isEmpty();
        }

        @Override
        public String typeName() {
            return switch (shape) {
                case LIST -> "list";
                case TUPLE -> "tuple";
                case VIEW -> "view";
            };
        }
    }

    /** A dictionary in insertion order; keys are {@link Text}, {@link Int} or {@link None}. */
    record Mapping(Map<Value, Value> entries) implements Value {
        @Override
        public boolean truth() {
            return !entries.isEmpty();
        }

        @Override
        public String typeName() {
            return "dict";
        }
    }

    /** Something a template can call: a macro or a global function. */
    record Function(String name, Body body) implements Value {
        /** What a call does. */
        @FunctionalInterface
        interface Body {
            Value call(CallArguments arguments);
        }

        @Override
        public boolean truth() {
            return true;
        }

        @Override
        public String typeName() {
            return "function";
        }
    }
}

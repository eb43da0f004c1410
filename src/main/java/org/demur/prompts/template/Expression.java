package org.demur.prompts.template;

import java.util.List;
import java.util.Map;

/** A parsed expression; every node knows where it stands. */
sealed interface Expression {
    Position position();

    <R> R accept(Visitor<R> visitor);

    /** One method for each kind of expression. */
    interface Visitor<R> {
        R literal(Literal literal);

        R name(Name name);

        R row(Row row);

        R mapping(MappingLiteral mapping);

        R attribute(Attribute attribute);

        R item(Item item);

        R slice(Slice slice);

        R call(Call call);

        R filter(Filter filter);

        R test(Test test);

        R negation(Negation negation);

        R logical(Logical logical);

        R comparison(Comparison comparison);

        R sign(Sign sign);

        R arithmetic(Arithmetic arithmetic);

        R concatenation(Concatenation concatenation);

        R conditional(Conditional conditional);
    }

    /** The argument list of a call, filter or test. */
    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }

    /** A constant. */
    record Literal(Value value, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.literal(this);
        }
    }

    /** A variable. */
    record Name(String name, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.name(this);
        }
    }

    /** A list or tuple display. */
    record Row(List<Expression> items, Value.Shape shape, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.row(this);
        }
    }

    /** A dictionary display. */
    record MappingLiteral(List<Entry> entries, Position position) implements Expression {
        /** One key and its value. */
        record Entry(Expression key, Expression value) {}

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.mapping(this);
        }
    }

    /** {@code owner.name}. */
    record Attribute(Expression owner, String name, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.attribute(this);
        }
    }

    /** {@code owner[index]}. */
    record Item(Expression owner, Expression index, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.item(this);
        }
    }

    /** {@code owner[start:stop:step]}; an absent bound is the literal None. */
    record Slice(Expression owner, Expression start, Expression stop, Expression step, Position position)
            implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.slice(this);
        }
    }

    /** {@code callee(arguments)}. */
    record Call(Expression callee, Arguments arguments, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.call(this);
        }
    }

    /** {@code input|name(arguments)}. */
    record Filter(Expression input, String name, Arguments arguments, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.filter(this);
        }
    }

    /** {@code input is name(arguments)}. */
    record Test(Expression input, String name, Arguments arguments, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.test(this);
        }
    }

    /** {@code not operand}. */
    record Negation(Expression operand, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.negation(this);
        }
    }

    /** {@code left and right} or {@code left or right}; yields one of the operands. */
    record Logical(Connective connective, Expression left, Expression right, Position position) implements Expression {
        /** The two short-circuit operators. */
        enum Connective {
            AND,
            OR
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.logical(this);
        }
    }

    /** {@code first < second <= third ...}, true if every link holds. */
    record Comparison(Expression first, List<Link> links, Position position) implements Expression {
        /** One operator and its right-hand side. */
        record Link(Operators.Relation relation, Expression operand) {}

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.comparison(this);
        }
    }

    /** Unary plus or minus. */
    record Sign(boolean negative, Expression operand, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.sign(this);
        }
    }

    /** A binary arithmetic operator. */
    record Arithmetic(Operators.Operator operator, Expression left, Expression right, Position position)
            implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.arithmetic(this);
        }
    }

    /** {@code a ~ b ~ c}: the operands' texts, joined. */
    record Concatenation(List<Expression> operands, Position position) implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.concatenation(this);
        }
    }

    /** {@code then if condition else otherwise}; a missing else is an undefined literal. */
    record Conditional(Expression condition, Expression then, Expression otherwise, Position position)
            implements Expression {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.conditional(this);
        }
    }
}

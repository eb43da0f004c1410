package org.demur.prompts.template;

import java.util.List;

/** A parsed statement; every node knows where it stands. */
sealed interface Statement {
    Position position();

    <R> R accept(Visitor<R> visitor);

    /** One method for each kind of statement. */
    interface Visitor<R> {
        R data(Data data);

        R output(Output output);

        R choice(Choice choice);

        R repetition(Repetition repetition);

        R assignment(Assignment assignment);

        R blockAssignment(BlockAssignment assignment);

        R macro(Macro macro);

        R generation(Generation generation);

        R jump(Jump jump);
    }

    /** Text outside tags. */
    record Data(String text, Position position) implements Statement {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.data(this);
        }
    }

    /** {@code {{ expression }}}. */
    record Output(Expression expression, Position position) implements Statement {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.output(this);
        }
    }

    /** {@code if}, {@code elif} and {@code else}. */
    record Choice(List<Branch> branches, List<Statement> otherwise, Position position) implements Statement {
        /** A condition and what to do if it is the first that holds. */
        record Branch(Expression condition, List<Statement> body) {}

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.choice(this);
        }
    }

    /** {@code for target in iterable if condition}. */
    record Repetition(
            Target target,
            Expression iterable,
            Expression condition,
            List<Statement> body,
            List<Statement> otherwise,
            Position position)
            implements Statement {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.repetition(this);
        }
    }

    /** {@code set target = expression}. */
    record Assignment(Target target, Expression expression, Position position) implements Statement {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.assignment(this);
        }
    }

    /** {@code set target} ... {@code endset}. */
    record BlockAssignment(Target target, List<Statement> body, Position position) implements Statement {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.blockAssignment(this);
        }
    }

    /** {@code macro name(parameters)}. */
    record Macro(String name, List<Parameter> parameters, List<Statement> body, Position position)
            implements Statement {
        /** A parameter; without a default in the template it defaults to an undefined literal. */
        record Parameter(String name, Expression otherwise) {}

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.macro(this);
        }
    }

    /** {@code generation}: marks what the model wrote; renders its body in a scope of its own. */
    record Generation(List<Statement> body, Position position) implements Statement {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.generation(this);
        }
    }

    /** {@code break} or {@code continue}. */
    record Jump(Renderer.Flow flow, Position position) implements Statement {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.jump(this);
        }
    }
}

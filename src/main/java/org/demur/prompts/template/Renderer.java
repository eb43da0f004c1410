package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Executes statements in one scope and appends what they print. */
final class Renderer implements Statement.Visitor<Renderer.Flow> {
    /** Where execution goes on after a statement. */
    enum Flow {
        NEXT,
        BREAK,
        CONTINUE
    }

    private final Machine machine;
    private final Scope scope;
    private final Evaluator evaluator;
    private final StringBuilder out;

    Renderer(Machine machine, Scope scope, StringBuilder out) {
        this.machine = machine;
        this.scope = scope;
        this.evaluator = new Evaluator(machine, scope);
        this.out = out;
    }

    Flow run(List<Statement> statements) {
        for (Statement statement : statements) {
            Flow flow = run(statement);
            if (flow != Flow.NEXT) {
                return flow;
            }
        }
        return Flow.NEXT;
    }

    private Flow run(Statement statement) {
        try {
            machine.budget().enter();
            Flow flow = statement.accept(this);
            machine.budget().leave();
            return flow;
        } catch (Refusal refusal) {
            throw refusal.at(machine.template(), statement.position());
        }
    }

    private Flow print(String text) {
        out.append(text);
        machine.budget().admitText(out.length());
        return Flow.NEXT;
    }

    @Override
    public Flow data(Statement.Data data) {
        return print(data.text());
    }

    @Override
    public Flow output(Statement.Output output) {
        return print(machine.printer().str(evaluator.evaluate(output.expression())));
    }

    @Override
    public Flow choice(Statement.Choice choice) {
        for (Statement.Choice.Branch branch : choice.branches()) {
            if (evaluator.evaluate(branch.condition()).truth()) {
                return run(branch.body());
            }
        }
        return run(choice.otherwise());
    }

    @Override
    public Flow repetition(Statement.Repetition repetition) {
        List<Value> values = Sequences.values(evaluator.evaluate(repetition.iterable()));
        Loop loop = new Loop(admitted(repetition, values.iterator()));
        // Jinja counts an iteration only when its body reaches the end, so a loop that is left by a jump in its first
        // iteration still runs its else part.
        boolean completed = false;
        Flow flow = Flow.NEXT;
        while (flow != Flow.BREAK && loop.advance()) {
            machine.budget().loopStep();
            Scope iteration = scope.inner();
            Assigner.assign(iteration, repetition.target(), loop.current());
            iteration.define("loop", loop);
            flow = new Renderer(machine, iteration, out).run(repetition.body());
            completed |= flow == Flow.NEXT;
        }
        return completed ? Flow.NEXT : new Renderer(machine, scope.inner(), out).run(repetition.otherwise());
    }

    /** The values that meet the loop's condition, which is evaluated as late as possible. */
    private Iterator<Value> admitted(Statement.Repetition repetition, Iterator<Value> values) {
        return new FilteredIterator(values, value -> {
            Scope candidate = scope.inner();
            Assigner.assign(candidate, repetition.target(), value);
            return new Evaluator(machine, candidate)
                    .evaluate(repetition.condition())
                    .truth();
        });
    }

    @Override
    public Flow assignment(Statement.Assignment assignment) {
        Assigner.assign(scope, assignment.target(), evaluator.evaluate(assignment.expression()));
        return Flow.NEXT;
    }

    @Override
    public Flow blockAssignment(Statement.BlockAssignment assignment) {
        Value text = collected(scope.inner(), assignment.body());
        Assigner.assign(scope, assignment.target(), text);
        return Flow.NEXT;
    }

    private Value collected(Scope inner, List<Statement> body) {
        StringBuilder collected = new StringBuilder();
        new Renderer(machine, inner, collected).run(body);
        return Sequences.text(collected.toString());
    }

    @Override
    public Flow macro(Statement.Macro macro) {
        scope.define(macro.name(), new Value.Function(macro.name(), arguments -> expand(macro, arguments)));
        return Flow.NEXT;
    }

    private Value expand(Statement.Macro macro, CallArguments arguments) {
        List<String> names = new ArrayList<>();
        macro.parameters().forEach(parameter -> names.add(parameter.name()));
        CallArguments.Bound bound = arguments.bind("the macro " + macro.name(), names);
        Scope inner = scope.inner();
        Evaluator defaults = new Evaluator(machine, inner);
        for (Statement.Macro.Parameter parameter : macro.parameters()) {
            Value value = bound.optional(parameter.name()).orElseGet(() -> defaults.evaluate(parameter.otherwise()));
            inner.define(parameter.name(), value);
        }
        return collected(inner, macro.body());
    }

    @Override
    public Flow generation(Statement.Generation generation) {
        return new Renderer(machine, scope.inner(), out).run(generation.body());
    }

    @Override
    public Flow jump(Statement.Jump jump) {
        return jump.flow();
    }
}

package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes expressions in one scope; a refused operation gets the place of its expression. */
final class Evaluator implements Expression.Visitor<Value> {
    private final Machine machine;
    private final Scope scope;

    Evaluator(Machine machine, Scope scope) {
        this.machine = machine;
        this.scope = scope;
    }

    Value evaluate(Expression expression) {
        try {
            machine.budget().enter();
            Value value = expression.accept(this);
            machine.budget().leave();
            return value;
        } catch (Refusal refusal) {
            throw refusal.at(machine.template(), expression.position());
        }
    }

    @Override
    public Value literal(Expression.Literal literal) {
        return literal.value();
    }

    @Override
    public Value name(Expression.Name name) {
        return scope.find(name.name()).orElseGet(() -> new Value.Undefined("'" + name.name() + "' is undefined"));
    }

    @Override
    public Value row(Expression.Row row) {
        return new Value.Items(all(row.items()), row.shape());
    }

    private List<Value> all(List<Expression> expressions) {
        List<Value> values = new ArrayList<>();
        for (Expression expression : expressions) {
            values.add(evaluate(expression));
        }
        return values;
    }

    @Override
    public Value mapping(Expression.MappingLiteral mapping) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        for (Expression.MappingLiteral.Entry entry : mapping.entries()) {
            entries.put(Sequences.key(evaluate(entry.key())), evaluate(entry.value()));
        }
        return new Value.Mapping(entries);
    }

    @Override
    public Value attribute(Expression.Attribute attribute) {
        return Subscripts.attribute(evaluate(attribute.owner()), attribute.name());
    }

    @Override
    public Value item(Expression.Item item) {
        return Subscripts.item(evaluate(item.owner()), evaluate(item.index()));
    }

    @Override
    public Value slice(Expression.Slice slice) {
        return Subscripts.slice(
                evaluate(slice.owner()), evaluate(slice.start()), evaluate(slice.stop()), evaluate(slice.step()));
    }

    @Override
    public Value call(Expression.Call call) {
        if (call.callee() instanceof Expression.Attribute method) {
            Value owner = evaluate(method.owner());
            if (owner instanceof Value.Text || owner instanceof Value.Mapping || owner instanceof Value.Items) {
                return machine.methods().call(owner, method.name(), arguments(call.arguments()));
            }
            return called(Subscripts.attribute(owner, method.name()), arguments(call.arguments()));
        }
        return called(evaluate(call.callee()), arguments(call.arguments()));
    }

    private Value called(Value callee, CallArguments arguments) {
        if (callee instanceof Value.Undefined undefined) {
            throw new Refusal(undefined.complaint());
        }
        if (!(callee instanceof Value.Function function)) {
            throw new Refusal("a " + callee.typeName() + " cannot be called");
        }
        machine.budget().enterCall();
        Value result = function.body().call(arguments);
        machine.budget().leaveCall();
        return result;
    }

    private CallArguments arguments(Expression.Arguments arguments) {
        Map<String, Value> named = new LinkedHashMap<>();
        arguments.named().forEach((name, expression) -> named.put(name, evaluate(expression)));
        return new CallArguments(all(arguments.positional()), named);
    }

    @Override
    public Value filter(Expression.Filter filter) {
        Value input = evaluate(filter.input());
        return machine.filters().apply(filter.name(), input, arguments(filter.arguments()));
    }

    @Override
    public Value test(Expression.Test test) {
        Value input = evaluate(test.input());
        return Value.Bool.of(machine.tests().holds(test.name(), input, arguments(test.arguments())));
    }

    @Override
    public Value negation(Expression.Negation negation) {
        return Value.Bool.of(!evaluate(negation.operand()).truth());
    }

    @Override
    public Value logical(Expression.Logical logical) {
        Value left = evaluate(logical.left());
        boolean decided =
                switch (logical.connective()) {
                    case AND -> !left.truth();
                    case OR -> left.truth();
                };
        return decided ? left : evaluate(logical.right());
    }

    @Override
    public Value comparison(Expression.Comparison comparison) {
        Value left = evaluate(comparison.first());
        for (Expression.Comparison.Link link : comparison.links()) {
            Value right = evaluate(link.operand());
            if (!machine.operators().holds(link.relation(), left, right)) {
                return Value.Bool.FALSE;
            }
            left = right;
        }
        return Value.Bool.TRUE;
    }

    @Override
    public Value sign(Expression.Sign sign) {
        Value operand = evaluate(sign.operand());
        if (!Numbers.isNumber(operand)) {
            throw new Refusal("a " + operand.typeName() + " has no sign");
        }
        return sign.negative() ? Numbers.negated(operand) : operand;
    }

    @Override
    public Value arithmetic(Expression.Arithmetic arithmetic) {
        Value left = evaluate(arithmetic.left());
        return machine.operators().apply(arithmetic.operator(), left, evaluate(arithmetic.right()));
    }

    @Override
    public Value concatenation(Expression.Concatenation concatenation) {
        StringBuilder text = new StringBuilder();
        for (Expression operand : concatenation.operands()) {
            text.append(machine.printer().str(evaluate(operand)));
            machine.budget().admitText(text.length());
        }
        return new Value.Text(text.toString());
    }

    @Override
    public Value conditional(Expression.Conditional conditional) {
        boolean holds = evaluate(conditional.condition()).truth();
        return evaluate(holds ? conditional.then() : conditional.otherwise());
    }
}

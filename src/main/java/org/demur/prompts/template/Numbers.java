package org.demur.prompts.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.demur.prompts.template.Operators.Operator;

/** Python's arithmetic, on 64-bit integers and doubles; what would overflow is refused. */
final class Numbers {
    private static final long EXACT_IN_DOUBLE = 1L << 53;

    /** How two numbers stand to each other. */
    enum Order {
        LESS,
        SAME,
        GREATER,
        /** One of them is not a number. */
        NONE
    }

    private Numbers() {}

    static boolean isNumber(Value value) {
        return value instanceof Value.Int || value instanceof Value.Real || value instanceof Value.Bool;
    }

    static boolean isInteger(Value value) {
        return value instanceof Value.Int || value instanceof Value.Bool;
    }

    static long integer(Value value) {
        if (value instanceof Value.Int number) {
            return number.number();
        }
        if (value instanceof Value.Bool bool) {
            return bool.truth() ? 1 : 0;
        }
        throw new Refusal("needs an integer, got " + value.typeName());
    }

    static double real(Value value) {
        if (value instanceof Value.Real real) {
            return real.number();
        }
        long integer = integer(value);
        if (Math.abs(integer) > EXACT_IN_DOUBLE) {
            throw new Refusal("an integer beyond 2^53 in floating-point arithmetic");
        }
        return integer;
    }

    static Value apply(Operator operator, Value left, Value right) {
        try {
            return isInteger(left) && isInteger(right) && operator != Operator.DIVIDE
                    ? onIntegers(operator, left, right)
                    : new Value.Real(onReals(operator, real(left), real(right)));
        } catch (ArithmeticException e) {
            throw new Refusal("this arithmetic divides by zero or leaves 64 bits");
        }
    }

    private static Value onIntegers(Operator operator, Value left, Value right) {
        long a = integer(left);
        long b = integer(right);
        return switch (operator) {
            case ADD -> new Value.Int(Math.addExact(a, b));
            case SUBTRACT -> new Value.Int(Math.subtractExact(a, b));
            case MULTIPLY -> new Value.Int(Math.multiplyExact(a, b));
            case FLOOR_DIVIDE -> new Value.Int(floorDivided(a, b));
            case REMAINDER -> new Value.Int(Math.floorMod(a, b));
            case POWER -> power(a, b);
            case DIVIDE -> throw new IllegalStateException("true division is done on doubles");
        };
    }

    private static long floorDivided(long a, long b) {
        if (a == Long.MIN_VALUE && b == -1) {
            throw new ArithmeticException("overflow");
        }
        return Math.floorDiv(a, b);
    }

    private static Value power(long base, long exponent) {
        if (exponent < 0 || exponent > 64) {
            throw new Refusal("powers below 0 or above 64 are not supported");
        }
        long product = 1;
        for (long i = 0; i < exponent; i++) {
            product = Math.multiplyExact(product, base);
        }
        return new Value.Int(product);
    }

    private static double onReals(Operator operator, double a, double b) {
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / nonZero(b);
            case FLOOR_DIVIDE, REMAINDER, POWER ->
                throw new Refusal("the operator " + operator + " is not supported on floats");
        };
    }

    private static double nonZero(double divisor) {
        if (divisor == 0) {
            throw new ArithmeticException("division by zero");
        }
        return divisor;
    }

    static Value negated(Value value) {
        if (value instanceof Value.Real real) {
            return new Value.Real(-real.number());
        }
        return new Value.Int(Math.negateExact(integer(value)));
    }

    static Order compare(Value left, Value right) {
        if (isInteger(left) && isInteger(right)) {
            return order(Long.compare(integer(left), integer(right)));
        }
        double a = real(left);
        double b = real(right);
        if (Double.isNaN(a) || Double.isNaN(b)) {
            return Order.NONE;
        }
        return a == b ? Order.SAME : order(Double.compare(a, b));
    }

    private static Order order(int sign) {
        if (sign == 0) {
            return Order.SAME;
        }
        return sign < 0 ? Order.LESS : Order.GREATER;
    }

    /** Python's {@code repr} of a float: the shortest digits that read back as the same number. */
    static String repr(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        if (number == 0) {
            return 1 / number < 0 ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(number);
        String digits = shortest.unscaledValue().abs().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        String sign = number < 0 ? "-" : "";
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.abs().toPlainString();
            return sign + (plain.contains(".") ? plain : plain + ".0");
        }
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        String power = (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "");
        return sign + digits.charAt(0) + fraction + "e" + power + Math.abs(exponent);
    }

    private static BigDecimal shortest(double number) {
        BigDecimal exact = new BigDecimal(number);
        for (int digits = 1; digits < 17; digits++) {
            BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == number) {
                return rounded.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }
}

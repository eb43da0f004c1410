package org.demur.model;

import java.util.List;

/**
 * Rotary position embedding (Su et al. 2021, RoFormer): the angles per position.
 *
 * @param theta base of the frequencies
 * @param scaling how the frequencies are stretched for longer contexts
 */
public record RopeSpec(double theta, Scaling scaling) {
    /** A stretching of the frequencies. */
    public sealed interface Scaling {
        /** The stretched frequency of pair {@code pair} in a sequence of some length. */
        double scaled(double frequency, int pair, int sequenceLength);

        /** The base to take the frequencies from, for {@code dims} channels that rotate. */
        default double base(double theta, int dims, int sequenceLength) {
            return theta;
        }

        /** Tells sequences of different tables apart; 0 up to the length of the first training. */
        default int regime(int sequenceLength) {
            return 0;
        }

        /** The factor of cosines and sines. */
        default double amplitude() {
            return 1;
        }
    }

    /** No stretching. */
    public record None() implements Scaling {
        @Override
        public double scaled(double frequency, int pair, int sequenceLength) {
            return frequency;
        }
    }

    /** Position interpolation (Chen et al. 2023): all frequencies divided by one factor. */
    public record Linear(double factor) implements Scaling {
        @Override
        public double scaled(double frequency, int pair, int sequenceLength) {
            return frequency / factor;
        }
    }

    /**
     * Dynamic NTK: the base grows with the sequence, so that the longest wavelength grows with it and the shortest
     * stays.
     *
     * @param factor how fast: the longest wavelength grows by {@code factor * length / originalMaxPositions - (factor - 1)}
     * @param originalMaxPositions up to here nothing changes
     */
    public record Dynamic(double factor, int originalMaxPositions) implements Scaling {
        @Override
        public double scaled(double frequency, int pair, int sequenceLength) {
            return frequency;
        }

        @Override
        public double base(double theta, int dims, int sequenceLength) {
            int length = Math.max(sequenceLength, originalMaxPositions);
            double stretch = factor * length / originalMaxPositions - (factor - 1);
            return theta * Math.pow(stretch, (double) dims / (dims - 2));
        }

        @Override
        public int regime(int sequenceLength) {
            return sequenceLength > originalMaxPositions ? sequenceLength : 0;
        }
    }

    /**
     * Llama 3.1: long wavelengths are divided by the factor, short ones kept, those between blended.
     *
     * @param factor by which the longest wavelengths grow
     * @param lowFreqFactor wavelengths above originalMaxPositions / this are divided
     * @param highFreqFactor wavelengths below originalMaxPositions / this are kept
     * @param originalMaxPositions context length of the first training
     */
    public record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalMaxPositions)
            implements Scaling {
        @Override
        public double scaled(double frequency, int pair, int sequenceLength) {
            double turns = originalMaxPositions * frequency / (2 * Math.PI);
            double kept = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
            double weight = Math.max(0, Math.min(1, kept));
            return (1 - weight) * frequency / factor + weight * frequency;
        }
    }

    /** One divisor a pair, as GGUF files of Llama 3.1 carry them in {@code rope_freqs.weight}. */
    public record Divisors(List<Double> divisors) implements Scaling {
        /** Copies the list. */
        public Divisors {
            divisors = List.copyOf(divisors);
        }

        @Override
        public double scaled(double frequency, int pair, int sequenceLength) {
            return frequency / divisors.get(pair);
        }
    }

    /**
     * LongRoPE (Ding et al. 2024): one divisor a pair for short sequences, another for long ones, and an amplitude for
     * both.
     *
     * @param shortDivisors up to originalMaxPositions
     * @param longDivisors for longer sequences
     * @param originalMaxPositions context length of the first training
     * @param amplitude the factor of cosines and sines
     */
    public record LongRope(
            List<Double> shortDivisors, List<Double> longDivisors, int originalMaxPositions, double amplitude)
            implements Scaling {
        /** Copies the lists. */
        public LongRope {
            shortDivisors = List.copyOf(shortDivisors);
            longDivisors = List.copyOf(longDivisors);
        }

        /** What the paper recommends for a context {@code factor} times the original. */
        public static double usualAmplitude(double factor, int originalMaxPositions) {
            return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalMaxPositions));
        }

        @Override
        public double scaled(double frequency, int pair, int sequenceLength) {
            return frequency / (regime(sequenceLength) == 0 ? shortDivisors : longDivisors).get(pair);
        }

        @Override
        public int regime(int sequenceLength) {
            return sequenceLength > originalMaxPositions ? 1 : 0;
        }
    }

    /**
     * Which of several tables of angles a sequence of that length uses; 0 where the scaling does not look at the
     * length. Sequences of different regimes cannot share keys.
     */
    public int regime(int sequenceLength) {
        return scaling.regime(sequenceLength);
    }

    /**
     * The angles per position, in radians, of pairs {@code (i, i + dims / 2)}.
     *
     * @param dims channels that rotate
     * @param sequenceLength tokens of the whole sequence
     * @return dims / 2 values: {@code theta^(-2 i / dims)}, stretched
     */
    public double[] inverseFrequencies(int dims, int sequenceLength) {
        double base = scaling.base(theta, dims, sequenceLength);
        double[] frequencies = new double[dims / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = scaling.scaled(Math.pow(base, -2.0 * i / dims), i, sequenceLength);
        }
        return frequencies;
    }

    /** The factor of cosines and sines in a sequence of that length. */
    public double amplitude(int sequenceLength) {
        return scaling.amplitude();
    }
}

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
        /** The stretched frequency of pair {@code pair}. */
        double scaled(double frequency, int pair);
    }

    /** No stretching. */
    public record None() implements Scaling {
        @Override
        public double scaled(double frequency, int pair) {
            return frequency;
        }
    }

    /** Position interpolation (Chen et al. 2023): all frequencies divided by one factor. */
    public record Linear(double factor) implements Scaling {
        @Override
        public double scaled(double frequency, int pair) {
            return frequency / factor;
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
        public double scaled(double frequency, int pair) {
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
        public double scaled(double frequency, int pair) {
            return frequency / divisors.get(pair);
        }
    }

    /**
     * Which of several tables of angles a sequence of that length uses; scalings that look at the length have two.
     * Sequences of different regimes cannot share keys.
     */
    public int regime(int sequenceLength) {
        return 0;
    }

    /**
     * The angles per position, in radians, of pairs {@code (i, i + dims / 2)}.
     *
     * @param dims channels that rotate
     * @param sequenceLength tokens of the whole sequence
     * @return dims / 2 values: {@code theta^(-2 i / dims)}, stretched
     */
    public double[] inverseFrequencies(int dims, int sequenceLength) {
        double[] frequencies = new double[dims / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = scaling.scaled(Math.pow(theta, -2.0 * i / dims), i);
        }
        return frequencies;
    }

    /** The factor of cosines and sines in a sequence of that length. */
    public double amplitude(int sequenceLength) {
        return 1;
    }
}

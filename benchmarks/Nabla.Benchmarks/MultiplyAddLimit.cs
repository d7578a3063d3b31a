using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;

namespace Nabla.Benchmarks;

/// <summary>
/// The most float32 operations per second that this machine can do: fused multiply-adds in registers, in more
/// independent chains than latency × units, on one or more threads at once. A fused multiply-add counts as two
/// operations.
/// </summary>
/// <remarks>Compared once with the same loop in C (gcc -O3 -march=native): the two agree.</remarks>
internal static class MultiplyAddLimit
{
    private const int Rounds = 200_000, Measurements = 40;

    public static JsonObject Run(Arguments arguments)
    {
        var threads = Math.Max(1, arguments.Whole("threads", 1));
        var (loop, perRound) = Loop();
        var perThread = new double[threads][];
        using var barrier = new Barrier(threads);
        Thread[] workers =
        [
            .. Enumerable.Range(0, threads)
                .Select(t => new Thread(() => perThread[t] = Measure(loop, perRound, barrier))),
        ];
        foreach (var worker in workers)
            worker.Start();
        foreach (var worker in workers)
            worker.Join();
        double[] together = [.. Enumerable.Range(0, Measurements).Select(m => perThread.Sum(rates => rates[m]))];
        Array.Sort(together);
        return new() { ["flops"] = together[Measurements / 2], ["best"] = together[^1] };
    }

    /// <summary>The loop for the widest vectors available, and the number of operations in one of its rounds.</summary>
    private static (Func<int, float, float> Loop, int OperationsPerRound) Loop() =>
        Avx512F.IsSupported ? (Chains512, 16 * 16 * 2)
        : Vector256.IsHardwareAccelerated ? (Chains256, 12 * 8 * 2)
        : (Chains128, 16 * 4 * 2);

    private static double[] Measure(Func<int, float, float> loop, int perRound, Barrier barrier)
    {
        var rates = new double[Measurements];
        for (var m = -4; m < Measurements; m++)             // the first four warm up
        {
            barrier.SignalAndWait();
            var started = Stopwatch.GetTimestamp();
            if (float.IsNaN(loop(Rounds, 0.5f)))
                throw new InvalidOperationException("The chains of multiply-adds must stay finite.");
            if (m >= 0)
                rates[m] = (double)Rounds * perRound / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        return rates;
    }

    // x ← x·m + m, with 0 < m < 1, converges to m / (1 − m): neither infinite nor denormal. Every chain is a local, so
    // it lives in a register. Each starts from a different value, or a compiler may see that they are the same (gcc
    // does).

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains512(int rounds, float factor)
    {
        var m = Vector512.Create(factor);
        Vector512<float> a = m * 1f, b = m * 2f, c = m * 3f, d = m * 4f, e = m * 5f, f = m * 6f, g = m * 7f, h = m * 8f,
            i = m * 9f, j = m * 10f, k = m * 11f, l = m * 12f, n = m * 13f, o = m * 14f, p = m * 15f, q = m * 16f;
        for (var round = 0; round < rounds; round++)
        {
            a = Avx512F.FusedMultiplyAdd(a, m, m);
            b = Avx512F.FusedMultiplyAdd(b, m, m);
            c = Avx512F.FusedMultiplyAdd(c, m, m);
            d = Avx512F.FusedMultiplyAdd(d, m, m);
            e = Avx512F.FusedMultiplyAdd(e, m, m);
            f = Avx512F.FusedMultiplyAdd(f, m, m);
            g = Avx512F.FusedMultiplyAdd(g, m, m);
            h = Avx512F.FusedMultiplyAdd(h, m, m);
            i = Avx512F.FusedMultiplyAdd(i, m, m);
            j = Avx512F.FusedMultiplyAdd(j, m, m);
            k = Avx512F.FusedMultiplyAdd(k, m, m);
            l = Avx512F.FusedMultiplyAdd(l, m, m);
            n = Avx512F.FusedMultiplyAdd(n, m, m);
            o = Avx512F.FusedMultiplyAdd(o, m, m);
            p = Avx512F.FusedMultiplyAdd(p, m, m);
            q = Avx512F.FusedMultiplyAdd(q, m, m);
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l + n + o + p + q);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains256(int rounds, float factor)
    {
        var m = Vector256.Create(factor);
        Vector256<float> a = m * 1f, b = m * 2f, c = m * 3f, d = m * 4f, e = m * 5f, f = m * 6f, g = m * 7f, h = m * 8f,
            i = m * 9f, j = m * 10f, k = m * 11f, l = m * 12f;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector256.FusedMultiplyAdd(a, m, m);
            b = Vector256.FusedMultiplyAdd(b, m, m);
            c = Vector256.FusedMultiplyAdd(c, m, m);
            d = Vector256.FusedMultiplyAdd(d, m, m);
            e = Vector256.FusedMultiplyAdd(e, m, m);
            f = Vector256.FusedMultiplyAdd(f, m, m);
            g = Vector256.FusedMultiplyAdd(g, m, m);
            h = Vector256.FusedMultiplyAdd(h, m, m);
            i = Vector256.FusedMultiplyAdd(i, m, m);
            j = Vector256.FusedMultiplyAdd(j, m, m);
            k = Vector256.FusedMultiplyAdd(k, m, m);
            l = Vector256.FusedMultiplyAdd(l, m, m);
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains128(int rounds, float factor)
    {
        var m = Vector128.Create(factor);
        Vector128<float> a = m * 1f, b = m * 2f, c = m * 3f, d = m * 4f, e = m * 5f, f = m * 6f, g = m * 7f, h = m * 8f,
            i = m * 9f, j = m * 10f, k = m * 11f, l = m * 12f, n = m * 13f, o = m * 14f, p = m * 15f, q = m * 16f;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector128.FusedMultiplyAdd(a, m, m);
            b = Vector128.FusedMultiplyAdd(b, m, m);
            c = Vector128.FusedMultiplyAdd(c, m, m);
            d = Vector128.FusedMultiplyAdd(d, m, m);
            e = Vector128.FusedMultiplyAdd(e, m, m);
            f = Vector128.FusedMultiplyAdd(f, m, m);
            g = Vector128.FusedMultiplyAdd(g, m, m);
            h = Vector128.FusedMultiplyAdd(h, m, m);
            i = Vector128.FusedMultiplyAdd(i, m, m);
            j = Vector128.FusedMultiplyAdd(j, m, m);
            k = Vector128.FusedMultiplyAdd(k, m, m);
            l = Vector128.FusedMultiplyAdd(l, m, m);
            n = Vector128.FusedMultiplyAdd(n, m, m);
            o = Vector128.FusedMultiplyAdd(o, m, m);
            p = Vector128.FusedMultiplyAdd(p, m, m);
            q = Vector128.FusedMultiplyAdd(q, m, m);
        }
        return Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l + n + o + p + q);
    }
}

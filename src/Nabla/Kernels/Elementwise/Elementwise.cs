using System.Runtime.CompilerServices;
using Nabla.Formulas;

namespace Nabla.Kernels;

/// <summary>A formula of one number: y = f(x). Written once for any lanes; it is run on sixteen numbers at a time.</summary>
internal interface IMap
{
    /// <summary>f(x).</summary>
    public V Of<V>(V x) where V : struct, ILanes<V>;
}

/// <summary>A formula of two numbers: y = f(a, b).</summary>
internal interface IMap2
{
    /// <summary>f(a, b).</summary>
    public V Of<V>(V a, V b) where V : struct, ILanes<V>;
}

/// <summary>A formula of a number and of where it stands: y = f(x, place).</summary>
internal interface IMapAt
{
    /// <summary>f for sixteen numbers, of which the first stands at <paramref name="place"/>.</summary>
    public V Of<V>(V x, uint place) where V : struct, ILanes<V>;
}

/// <summary>A rule that changes a weight w and what is remembered of it, given its gradient g.</summary>
internal interface IUpdate
{
    /// <summary>One step of the rule, for one weight.</summary>
    public void Apply<V>(ref V w, V g, ref V memory) where V : struct, ILanes<V>;
}

/// <summary>A rule that changes a weight w and two numbers that are remembered of it, given its gradient g.</summary>
internal interface IUpdate2
{
    /// <summary>One step of the rule, for one weight.</summary>
    public void Apply<V>(ref V w, V g, ref V memory1, ref V memory2) where V : struct, ILanes<V>;
}

/// <summary>Runs a formula over every number of some buffers. A buffer may be both read and written.</summary>
internal static unsafe class Elementwise
{
    private const int PartSize = 16384;                 // numbers that one thread takes at a time; a multiple of 16

    /// <summary>y = f(x), number by number.</summary>
    public static void Map<TMap>(ReadOnlySpan<float> x, Span<float> y, TMap map) where TMap : struct, IMap
    {
        CheckLength(x.Length, y.Length);
        fixed (float* px = x, py = y)
            Run(new MapBody<TMap>(px, py, map), y.Length);
    }

    /// <summary>y = f(a, b), number by number.</summary>
    public static void Map<TMap>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, TMap map)
        where TMap : struct, IMap2
    {
        CheckLength(a.Length, y.Length);
        CheckLength(b.Length, y.Length);
        fixed (float* pa = a, pb = b, py = y)
            Run(new Map2Body<TMap>(pa, pb, py, map), y.Length);
    }

    /// <summary>y = f(x, place), number by number; places count from 0.</summary>
    public static void MapAt<TMap>(ReadOnlySpan<float> x, Span<float> y, TMap map) where TMap : struct, IMapAt
    {
        CheckLength(x.Length, y.Length);
        fixed (float* px = x, py = y)
            Run(new MapAtBody<TMap>(px, py, map), y.Length);
    }

    /// <summary>Changes w and memory by the rule.</summary>
    public static void Update<TRule>(Span<float> w, ReadOnlySpan<float> g, Span<float> memory, TRule rule)
        where TRule : struct, IUpdate
    {
        CheckLength(g.Length, w.Length);
        CheckLength(memory.Length, w.Length);
        fixed (float* pw = w, pg = g, pm = memory)
            Run(new UpdateBody<TRule>(pw, pg, pm, rule), w.Length);
    }

    /// <summary>Changes w and both memories by the rule.</summary>
    public static void Update<TRule>(
        Span<float> w, ReadOnlySpan<float> g, Span<float> memory1, Span<float> memory2, TRule rule)
        where TRule : struct, IUpdate2
    {
        CheckLength(g.Length, w.Length);
        CheckLength(memory1.Length, w.Length);
        CheckLength(memory2.Length, w.Length);
        fixed (float* pw = w, pg = g, pm = memory1, pn = memory2)
            Run(new Update2Body<TRule>(pw, pg, pm, pn, rule), w.Length);
    }

    /// <summary>The loops below trust their pointers, so lengths are compared here.</summary>
    private static void CheckLength(int length, int expected)
    {
        if (length != expected)
            throw new ArgumentException($"There are {length} numbers, but {expected} are expected.");
    }

    private static void Run<TBody>(in TBody body, int length) where TBody : struct, IBody
    {
        if (length <= PartSize)
            RunRange(body, 0, length);
        else
            Workers.Run(new Parts<TBody>(body, length), (length - 1) / PartSize + 1);
    }

    private readonly struct Parts<TBody>(TBody body, int length) : IParts where TBody : struct, IBody
    {
        public void Run(int index)
        {
            var from = index * PartSize;
            RunRange(body, from, from + Math.Min(PartSize, length - from));
        }
    }

    private static void RunRange<TBody>(in TBody body, int from, int to) where TBody : struct, IBody
    {
        switch (Processor.Current)
        {
            case InstructionSet.Avx512: RunLanes<TBody, Lanes512>(in body, from, to); break;
            case InstructionSet.Avx2: RunLanes<TBody, Lanes256>(in body, from, to); break;
            default: RunLanes<TBody, Lanes128>(in body, from, to); break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunLanes<TBody, V>(in TBody shared, int from, int to)
        where TBody : struct, IBody where V : struct, ILanes<V>
    {
        var body = shared;                              // in registers; to hand over a copy would mean to write its fields and read them together
        nint i = from, end = to;
        for (; i <= end - ILanes<V>.Count; i += ILanes<V>.Count)
            body.Sixteen<V>(i);
        if (i < end)
            Rest<TBody, V>(in shared, i, (int)(end - i));
    }

    /// <summary>The last numbers, fewer than sixteen: apart, for a long formula that is inlined twice would exhaust the budget that the compiler has for a method.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rest<TBody, V>(in TBody body, nint i, int count) where TBody : struct, IBody where V : struct, ILanes<V> => body.Some(i, V.FirstN(count));

    /// <summary>Reads sixteen numbers at i from each buffer, computes, writes them back; or those of them that are marked.</summary>
    private interface IBody
    {
        public void Sixteen<V>(nint i) where V : struct, ILanes<V>;

        public void Some<V>(nint i, V mask) where V : struct, ILanes<V>;
    }

    private readonly struct MapBody<TMap>(float* x, float* y, TMap map) : IBody where TMap : struct, IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, ILanes<V> => V.Store(map.Of(V.Load(x + i)), y + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, ILanes<V> =>
            V.Store(map.Of(V.Load(x + i, mask)), y + i, mask);
    }

    private readonly struct Map2Body<TMap>(float* a, float* b, float* y, TMap map) : IBody where TMap : struct, IMap2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, ILanes<V> =>
            V.Store(map.Of(V.Load(a + i), V.Load(b + i)), y + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, ILanes<V> =>
            V.Store(map.Of(V.Load(a + i, mask), V.Load(b + i, mask)), y + i, mask);
    }

    private readonly struct MapAtBody<TMap>(float* x, float* y, TMap map) : IBody where TMap : struct, IMapAt
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, ILanes<V> => V.Store(map.Of(V.Load(x + i), (uint)i), y + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, ILanes<V> =>
            V.Store(map.Of(V.Load(x + i, mask), (uint)i), y + i, mask);
    }

    private readonly struct UpdateBody<TRule>(float* w, float* g, float* m, TRule rule) : IBody
        where TRule : struct, IUpdate
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, ILanes<V>
        {
            V weight = V.Load(w + i), memory = V.Load(m + i);
            rule.Apply(ref weight, V.Load(g + i), ref memory);
            V.Store(weight, w + i);
            V.Store(memory, m + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, ILanes<V>
        {
            V weight = V.Load(w + i, mask), memory = V.Load(m + i, mask);
            rule.Apply(ref weight, V.Load(g + i, mask), ref memory);
            V.Store(weight, w + i, mask);
            V.Store(memory, m + i, mask);
        }
    }

    private readonly struct Update2Body<TRule>(float* w, float* g, float* m, float* n, TRule rule) : IBody
        where TRule : struct, IUpdate2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, ILanes<V>
        {
            V weight = V.Load(w + i), memory1 = V.Load(m + i), memory2 = V.Load(n + i);
            rule.Apply(ref weight, V.Load(g + i), ref memory1, ref memory2);
            V.Store(weight, w + i);
            V.Store(memory1, m + i);
            V.Store(memory2, n + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, ILanes<V>
        {
            V weight = V.Load(w + i, mask), memory1 = V.Load(m + i, mask), memory2 = V.Load(n + i, mask);
            rule.Apply(ref weight, V.Load(g + i, mask), ref memory1, ref memory2);
            V.Store(weight, w + i, mask);
            V.Store(memory1, m + i, mask);
            V.Store(memory2, n + i, mask);
        }
    }
}

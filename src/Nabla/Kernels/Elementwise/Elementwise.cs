using System.Runtime.CompilerServices;
using Nabla.Formulas;

namespace Nabla.Kernels;

/// <summary>A formula whose result also depends on the position of the element: y[i] = f(x[i], i).</summary>
internal interface IIndexedFormula
{
    /// <summary>f for sixteen elements, of which the first is element <paramref name="index"/>.</summary>
    public V Of<V>(V x, uint index) where V : struct, IVectorLanes<V>;
}

/// <summary>Runs a formula over every element of some buffers. A buffer may be both read and written.</summary>
internal static unsafe class Elementwise
{
    private const int PartSize = 16384;                 // elements that one thread takes at a time; a multiple of 16

    /// <summary>y = f(x), element by element.</summary>
    public static void Map<TFormula>(ReadOnlySpan<float> x, Span<float> y, TFormula f)
        where TFormula : struct, IUnaryFormula
    {
        CheckLength(x.Length, y.Length);
        fixed (float* px = x, py = y)
            Run(new UnaryBody<TFormula>(px, py, f), y.Length);
    }

    /// <summary>y = f(a, b), element by element.</summary>
    public static void Map<TFormula>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, TFormula f)
        where TFormula : struct, IBinaryFormula
    {
        CheckLength(a.Length, y.Length);
        CheckLength(b.Length, y.Length);
        fixed (float* pa = a, pb = b, py = y)
            Run(new BinaryBody<TFormula>(pa, pb, py, f), y.Length);
    }

    /// <summary>y = f(a, b, c), element by element.</summary>
    public static void Map<TFormula>(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, Span<float> y, TFormula f)
        where TFormula : struct, ITernaryFormula
    {
        CheckLength(a.Length, y.Length);
        CheckLength(b.Length, y.Length);
        CheckLength(c.Length, y.Length);
        fixed (float* pa = a, pb = b, pc = c, py = y)
            Run(new TernaryBody<TFormula>(pa, pb, pc, py, f), y.Length);
    }

    /// <summary>y[i] = f(x[i], i), with i from 0.</summary>
    public static void MapIndexed<TFormula>(ReadOnlySpan<float> x, Span<float> y, TFormula f)
        where TFormula : struct, IIndexedFormula
    {
        CheckLength(x.Length, y.Length);
        fixed (float* px = x, py = y)
            Run(new IndexedBody<TFormula>(px, py, f), y.Length);
    }

    /// <summary>Changes w and m by the rule.</summary>
    public static void Update<TRule>(Span<float> w, ReadOnlySpan<float> g, Span<float> m, TRule rule)
        where TRule : struct, IOneMomentRule
    {
        CheckLength(g.Length, w.Length);
        CheckLength(m.Length, w.Length);
        fixed (float* pw = w, pg = g, pm = m)
            Run(new OneMomentBody<TRule>(pw, pg, pm, rule), w.Length);
    }

    /// <summary>Changes w, m and v by the rule.</summary>
    public static void Update<TRule>(Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, TRule rule)
        where TRule : struct, ITwoMomentRule
    {
        CheckLength(g.Length, w.Length);
        CheckLength(m.Length, w.Length);
        CheckLength(v.Length, w.Length);
        fixed (float* pw = w, pg = g, pm = m, pv = v)
            Run(new TwoMomentBody<TRule>(pw, pg, pm, pv, rule), w.Length);
    }

    /// <summary>The loops below trust their pointers, so lengths are compared here.</summary>
    private static void CheckLength(int length, int expected)
    {
        if (length != expected)
            throw new ArgumentException($"There are {length} values, but {expected} are expected.");
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
        Dispatch.Run(new Range<TBody>(in body, from, to));
    }

    private readonly ref struct Range<TBody>(ref readonly TBody body, int from, int to) : IForLanes
        where TBody : struct, IBody
    {
        private readonly ref readonly TBody body = ref body;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IForLanes.Run<V>() => RunLanes<TBody, V>(in body, from, to);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunLanes<TBody, V>(in TBody shared, int from, int to)
        where TBody : struct, IBody where V : struct, IVectorLanes<V>
    {
        var body = shared;                              // a copy, so that the compiler keeps its fields in registers
        nint i = from, end = to;
        for (; i <= end - IVectorLanes<V>.Count; i += IVectorLanes<V>.Count)
            body.Sixteen<V>(i);
        if (i < end)
            Rest<TBody, V>(in shared, i, (int)(end - i));
    }

    /// <summary>
    /// The last elements, fewer than sixteen. A method of its own, because a long formula that is inlined twice would
    /// exhaust the compiler's inlining budget for one method.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rest<TBody, V>(in TBody body, nint i, int count)
        where TBody : struct, IBody where V : struct, IVectorLanes<V> =>
        body.Some(i, V.FirstN(count));

    /// <summary>
    /// Reads sixteen elements at i from each buffer, computes, and writes them back; or only those in a mask.
    /// </summary>
    private interface IBody
    {
        public void Sixteen<V>(nint i) where V : struct, IVectorLanes<V>;

        public void Some<V>(nint i, V mask) where V : struct, IVectorLanes<V>;
    }

    private readonly struct UnaryBody<TFormula>(float* x, float* y, TFormula f) : IBody
        where TFormula : struct, IUnaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, IVectorLanes<V> => V.Store(f.Of(V.Load(x + i)), y + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, IVectorLanes<V> =>
            V.Store(f.Of(V.Load(x + i, mask)), y + i, mask);
    }

    private readonly struct BinaryBody<TFormula>(float* a, float* b, float* y, TFormula f) : IBody
        where TFormula : struct, IBinaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, IVectorLanes<V> =>
            V.Store(f.Of(V.Load(a + i), V.Load(b + i)), y + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, IVectorLanes<V> =>
            V.Store(f.Of(V.Load(a + i, mask), V.Load(b + i, mask)), y + i, mask);
    }

    private readonly struct TernaryBody<TFormula>(float* a, float* b, float* c, float* y, TFormula f) : IBody
        where TFormula : struct, ITernaryFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, IVectorLanes<V> =>
            V.Store(f.Of(V.Load(a + i), V.Load(b + i), V.Load(c + i)), y + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, IVectorLanes<V> =>
            V.Store(f.Of(V.Load(a + i, mask), V.Load(b + i, mask), V.Load(c + i, mask)), y + i, mask);
    }

    private readonly struct IndexedBody<TFormula>(float* x, float* y, TFormula f) : IBody
        where TFormula : struct, IIndexedFormula
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, IVectorLanes<V> =>
            V.Store(f.Of(V.Load(x + i), (uint)i), y + i);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, IVectorLanes<V> =>
            V.Store(f.Of(V.Load(x + i, mask), (uint)i), y + i, mask);
    }

    private readonly struct OneMomentBody<TRule>(float* w, float* g, float* m, TRule rule) : IBody
        where TRule : struct, IOneMomentRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, IVectorLanes<V>
        {
            V weight = V.Load(w + i), moment = V.Load(m + i);
            rule.Apply(ref weight, V.Load(g + i), ref moment);
            V.Store(weight, w + i);
            V.Store(moment, m + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, IVectorLanes<V>
        {
            V weight = V.Load(w + i, mask), moment = V.Load(m + i, mask);
            rule.Apply(ref weight, V.Load(g + i, mask), ref moment);
            V.Store(weight, w + i, mask);
            V.Store(moment, m + i, mask);
        }
    }

    private readonly struct TwoMomentBody<TRule>(float* w, float* g, float* m, float* v, TRule rule) : IBody
        where TRule : struct, ITwoMomentRule
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Sixteen<V>(nint i) where V : struct, IVectorLanes<V>
        {
            V weight = V.Load(w + i), first = V.Load(m + i), second = V.Load(v + i);
            rule.Apply(ref weight, V.Load(g + i), ref first, ref second);
            V.Store(weight, w + i);
            V.Store(first, m + i);
            V.Store(second, v + i);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Some<V>(nint i, V mask) where V : struct, IVectorLanes<V>
        {
            V weight = V.Load(w + i, mask), first = V.Load(m + i, mask), second = V.Load(v + i, mask);
            rule.Apply(ref weight, V.Load(g + i, mask), ref first, ref second);
            V.Store(weight, w + i, mask);
            V.Store(first, m + i, mask);
            V.Store(second, v + i, mask);
        }
    }
}

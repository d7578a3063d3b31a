namespace Nabla.Kernels;

/// <summary>A number as a type, so that the compiler knows it and leaves out the branches that do not apply.</summary>
internal interface INumber
{
    public static abstract int Value { get; }
}

internal readonly struct One : INumber
{
    public static int Value => 1;
}

internal readonly struct Two : INumber
{
    public static int Value => 2;
}

internal readonly struct Four : INumber
{
    public static int Value => 4;
}

internal readonly struct Eight : INumber
{
    public static int Value => 8;
}

/// <summary>As a width: fewer than one full set of lanes.</summary>
internal readonly struct Marked : INumber
{
    public static int Value => 0;
}

namespace Nabla.Kernels;

/// <summary>A number as a type, so that the compiler knows it and leaves out the branches that do not apply.</summary>
internal interface IConstantInt
{
    public static abstract int Value { get; }
}

internal readonly struct Const1 : IConstantInt
{
    public static int Value => 1;
}

internal readonly struct Const2 : IConstantInt
{
    public static int Value => 2;
}

internal readonly struct Const3 : IConstantInt
{
    public static int Value => 3;
}

internal readonly struct Const4 : IConstantInt
{
    public static int Value => 4;
}

internal readonly struct Const5 : IConstantInt
{
    public static int Value => 5;
}

internal readonly struct Const6 : IConstantInt
{
    public static int Value => 6;
}

internal readonly struct Const7 : IConstantInt
{
    public static int Value => 7;
}

internal readonly struct Const8 : IConstantInt
{
    public static int Value => 8;
}

internal readonly struct Const9 : IConstantInt
{
    public static int Value => 9;
}

internal readonly struct Const10 : IConstantInt
{
    public static int Value => 10;
}

internal readonly struct Const11 : IConstantInt
{
    public static int Value => 11;
}

internal readonly struct Const12 : IConstantInt
{
    public static int Value => 12;
}

internal readonly struct Const13 : IConstantInt
{
    public static int Value => 13;
}

internal readonly struct Const14 : IConstantInt
{
    public static int Value => 14;
}

internal readonly struct Const15 : IConstantInt
{
    public static int Value => 15;
}

internal readonly struct Const16 : IConstantInt
{
    public static int Value => 16;
}

/// <summary>As a width: fewer than one full set of lanes.</summary>
internal readonly struct Masked : IConstantInt
{
    public static int Value => 0;
}

namespace Nabla.Formulas;

/// <summary>
/// An update rule of an optimiser that remembers one number per weight, such as a velocity. For
/// <see cref="Matrix.Update{TRule}(Matrix, Matrix, TRule)"/>.
/// </summary>
/// <remarks>
/// Implement it by a <c>readonly struct</c>, with the learning rate and the other settings as fields.
/// </remarks>
public interface IOneMomentRule
{
    /// <summary>One step for one weight: changes the weight and its moment.</summary>
    /// <param name="w">The weight.</param>
    /// <param name="g">Its gradient, ∂C/∂w.</param>
    /// <param name="m">What is remembered of its earlier gradients.</param>
    public void Apply<V>(ref V w, V g, ref V m) where V : struct, ILanes<V>;
}

/// <summary>
/// An update rule of an optimiser that remembers two numbers per weight, such as the mean and the mean square of its
/// gradients. For <see cref="Matrix.Update{TRule}(Matrix, Matrix, Matrix, TRule)"/>.
/// </summary>
/// <remarks>
/// Implement it by a <c>readonly struct</c>, with the learning rate and the other settings as fields.
/// </remarks>
public interface ITwoMomentRule
{
    /// <summary>One step for one weight: changes the weight and its two moments.</summary>
    /// <param name="w">The weight.</param>
    /// <param name="g">Its gradient, ∂C/∂w.</param>
    /// <param name="m">The first moment.</param>
    /// <param name="v">The second moment.</param>
    public void Apply<V>(ref V w, V g, ref V m, ref V v) where V : struct, ILanes<V>;
}
